const lockNamespace = 0x66726573 // the locks of other programs in the same database have other first numbers

/** Held by the one run that may record. */
export const runLock = [lockNamespace, 1]

/** Held while the tables change. */
export const migrationLock = [lockNamespace, 2]

/** SQL: tests if a process owns the run lock, limited by `condition`. */
export function buildRunLockTest(condition = "true"): string {
  const [first, second] = runLock
  return `exists (
    select from pg_locks
    where locktype = 'advisory' and classid = ${first} and objid = ${second} and objsubid = 2
      and granted and ${condition}
      and database = (select oid from pg_database where datname = current_database())
  )`
}

const lockNamespace = 0x66726573 // the first number, which locks of other programs in the database do not have

/** The run lock: its owner is the only run that may record. */
export const runLock = [lockNamespace, 1]

/** The lock of a migration. */
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

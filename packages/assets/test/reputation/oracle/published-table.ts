/** A row of a published table: its key and values as texts. */
export interface OracleRow {
  readonly key: readonly (number | string)[]
  readonly values: readonly string[]
}

interface PublishedRow extends OracleRow {
  readonly createdAt: string
  readonly updatedAt: string
  readonly lastSeen: number
}

/** A published table that is updated day by day. */
export interface OracleTable {
  /** Upserts the rows of a day, removes what has expired or may not stay, and returns the table's rows. */
  readonly advance: (
    rows: readonly OracleRow[],
    day: string,
    mayStay: (row: OracleRow) => boolean,
  ) => readonly PublishedRow[]
}

export function createOracleTable(expireAfterDays: number): OracleTable {
  const table = new Map<string, PublishedRow>()
  return {
    advance: (rows, day, mayStay) => {
      const dayNumber = Date.parse(day) / 86_400_000
      for (const row of rows) {
        const id = row.key.join()
        const old = table.get(id)
        const isUnchanged = old !== undefined && old.values.join() === row.values.join()
        table.set(id, {
          ...row,
          createdAt: old?.createdAt ?? day,
          updatedAt: isUnchanged ? old.updatedAt : day,
          lastSeen: dayNumber,
        })
      }
      for (const [id, row] of table) {
        const age = dayNumber - row.lastSeen
        if (age > expireAfterDays || (age > 0 && !mayStay(row))) table.delete(id)
      }
      return [...table.values()]
    },
  }
}

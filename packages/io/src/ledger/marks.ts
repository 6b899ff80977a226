/** SQL: an instant in milliseconds. */
export const milliseconds = (column: string) => `extract(epoch from ${column}) * 1000`

/** SQL: what tells a step from another one of the same number, which a ledger has that was restored from a copy. */
export const stepMark = (id: string) => `coalesce((
  select run || ' ' || computation || ' ' || partition || ' ' || ${milliseconds("ended_at")}
  from freshet.steps where id = ${id}), '')`

/** SQL: the same for an epoch. */
export const epochMark = (epoch: string) => `coalesce((
  select mark::text from freshet.forgettings where epoch = ${epoch}), '')`

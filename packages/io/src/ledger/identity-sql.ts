/** SQL: an instant in milliseconds. */
export const toMilliseconds = (column: string) => `extract(epoch from ${column}) * 1000`

/** SQL: what tells a step from another one of the same number, which a ledger has that was restored from a copy. */
export const buildStepIdentity = (id: string) => `coalesce((
  select run || ' ' || computation || ' ' || partition || ' ' || ${toMilliseconds("ended_at")}
  from freshet.steps where id = ${id}), '')`

/** SQL: the same for an epoch. */
export const buildEpochIdentity = (epoch: string) => `coalesce((
  select identity::text from freshet.wipes where epoch = ${epoch}), '')`

/** SQL: distinguishes steps of the same number in a ledger that was restored from a copy. */
export const buildStepIdentity = (id: string) => `coalesce((
  select run || ' ' || computation || ' ' || partition || ' ' || extract(epoch from ended_at) * 1000
  from freshet.steps where id = ${id}), '')`

/** SQL: distinguishes epochs of the same number in a ledger that was restored from a copy. */
export const buildEpochIdentity = (epoch: string) => `coalesce((
  select identity::text from freshet.wipes where epoch = ${epoch}), '')`

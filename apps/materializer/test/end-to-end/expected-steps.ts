/** Reads of a computation upstream of `user_recs`, as offsets in days: a second declaration, from the description of the datasets. */
interface ComputationReads {
  readonly outputs: readonly string[]
  readonly reads: readonly (readonly [asset: string, from: number, to: number])[]
}

const computationReads: Readonly<Record<string, ComputationReads>> = {
  activities: {
    outputs: ["follows", "subscribes", "messages", "likes"],
    reads: [["activity_log", 0, 0]],
  },
  user_mentions: { outputs: ["user_mentions"], reads: [["messages", 0, 0]] },
  liked_messages: {
    outputs: ["liked_users", "liked_rooms", "likes_without_message"],
    reads: [
      ["likes", 0, 0],
      ["messages", -6, 0],
    ],
  },
  follows_to_date: {
    outputs: ["follows_to_date"],
    reads: [
      ["follows", 0, 0],
      ["follows_to_date", -1, -1],
    ],
  },
  user_engagements: {
    outputs: ["user_engagements"],
    reads: [
      ["follows", -6, 0],
      ["user_mentions", -6, 0],
      ["liked_users", -6, 0],
    ],
  },
  closest_users: { outputs: ["closest_users"], reads: [["user_engagements", 0, 0]] },
  user_candidates: { outputs: ["user_candidates"], reads: [["closest_users", 0, 0]] },
  valid_user_candidates: {
    outputs: ["valid_user_candidates"],
    reads: [
      ["user_candidates", 0, 0],
      ["follows_to_date", 0, 0],
    ],
  },
  user_recs: { outputs: ["user_recs"], reads: [["valid_user_candidates", 0, 0]] },
}

/**
 * Finds the steps upstream of `user_recs` whose inputs changed, by the names "user_recs 2026-01-05".
 * `days` are all days in order; `isChanged` tests if a partition of an asset changed.
 */
export function findStepsReading(
  days: readonly string[],
  isChanged: (asset: string, day: string, outOf: ReadonlySet<string>) => boolean,
): ReadonlySet<string> {
  const steps = new Set<string>()
  const changedOutputs = new Set<string>() // outputs of the steps found
  for (const [computation, { outputs, reads }] of Object.entries(computationReads))
    for (const [index, day] of days.entries()) {
      const isReached = reads.some(([asset, from, to]) =>
        days
          .slice(Math.max(0, index + from), Math.max(0, index + to + 1))
          .some((read) => isChanged(asset, read, changedOutputs)),
      )
      if (!isReached) continue
      steps.add(`${computation} ${day}`)
      for (const output of outputs) changedOutputs.add(`${output} ${day}`)
    }
  return steps
}

/** Finds the steps downstream of one day of the log, through all windows. */
export function findStepsReachedFrom(
  lateDay: string,
  days: readonly string[],
): ReadonlySet<string> {
  return findStepsReading(
    days,
    (asset, day, touched) =>
      (asset === "activity_log" && day === lateDay) || touched.has(`${asset} ${day}`),
  )
}

import type { DeclaredProject } from "./declared-project.ts"
import { expectDone, runFreshet } from "./freshet-process.ts"
import { landRaw, recsPrelude, withPublishedRecs } from "./published-recs.ts"

/** Declares `pairs`, which counts events, and its reader `recs`, which is published and multiplies them. */
export function declarePairs(factor = 1, minEvents = 1): string {
  return `${recsPrelude}
    const pairs = sqlAsset({
      ...common, columns, name: "pairs", description: "Events by pair.",
      query: sql\`select * from (\${count}) where n >= ${minEvents}\`,
    })
    const recs = sqlAsset({
      ...common, columns, name: "recs", description: "Weighted pairs.",
      query: sql\`select u, r, n * ${factor} as n from \${pairs}\`,
      publish: publishTo(recsTable, { set: "s" }),
    })
    export const assets = [raw, pairs, recs]`
}

/** The landed days. */
export const days = ["2026-01-01", "2026-01-02", "2026-01-03"] as const

/** The arguments that name all of them. */
export const allDays = ["--from", days[0], "--to", days[2]] as const

/** The rows that the environment pr-42 has published. */
export const environmentRows = "select u, r, n from public__pr_42.recs order by u, r"

/** Runs `work` with three landed days, of which nothing is materialized. */
export function withLandedPairs(work: (project: DeclaredProject) => Promise<void>): Promise<void> {
  return withPublishedRecs(declarePairs(), async (project) => {
    for (const [at, day] of days.entries()) landRaw(project, day, at + 1)
    await work(project)
  })
}

/** Runs `work` with three days, all of whose partitions are materialized and published. */
export function withPairs(work: (project: DeclaredProject) => Promise<void>): Promise<void> {
  return withLandedPairs(async (project) => {
    await run(project, "materialize", "recs", ...allDays)
    await work(project)
  })
}

/** Runs a command, which must succeed, and returns its output. */
export async function run(project: DeclaredProject, ...words: readonly string[]): Promise<string> {
  const result = await runFreshet(project, ...words)
  expectDone(result)
  return result.stdout
}

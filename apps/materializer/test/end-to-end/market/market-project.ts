import { type DeclaredProject, withDeclaredProject } from "../declared-project.ts"
import { runFreshet } from "../freshet-process.ts"
import { withLedgerClient } from "../ledger-contents.ts"
import { withEnvironment } from "../test-project.ts"

const declarations = `import { assets } from "./test/end-to-end/market/market.ts"`

/** The days on which the market lands something. */
export const marketDays = ["2026-01-05", "2026-01-06", "2026-01-07", "2026-01-08"] as const

/** Runs `work` with a project of the market's assets, one step at a time; two items are ordered each day. */
export function withMarket<T>(work: (place: DeclaredProject) => Promise<T>): Promise<T> {
  return withDeclaredProject(declarations, async (project) => {
    const place = withEnvironment(project, { FRESHET_CONCURRENCY: "1" })
    for (const day of marketDays) {
      landOrders(place, day, { pen: 2, ink: 1 })
      landPrices(place, day, { pen: "3", ink: "5" })
    }
    return work(place)
  })
}

/** Lands the orders of a day: item → how many. */
export function landOrders(
  place: DeclaredProject,
  day: string,
  orders: Readonly<Record<string, number>>,
): void {
  const lines = Object.entries(orders).map(([item, many]) => ({ item, many }))
  landLines(place, `market/orders/${day}.json`, lines)
}

/** Lands the prices of a day: item → what was written down. */
export function landPrices(
  place: DeclaredProject,
  day: string,
  prices: Readonly<Record<string, string>>,
): void {
  const lines = Object.entries(prices).map(([item, price]) => ({ item, price }))
  landLines(place, `market/prices/${day}.json`, lines)
}

function landLines(place: DeclaredProject, path: string, lines: readonly object[]): void {
  place.land(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(""))
}

/** A run in the document of `runs show --json`. */
export interface RunDocument {
  readonly id: string
  readonly cancel_requested_at: string | null
  readonly ended_at: string | null
  readonly outcome: string
  readonly steps: number
  readonly made: number
  readonly progress: readonly {
    readonly computation: string
    readonly planned: number
    readonly ended: number
    readonly partitions: readonly {
      readonly outcome: string
      readonly ranges: readonly { readonly from: string; readonly to: string }[]
    }[]
  }[]
  readonly step_rows: readonly {
    readonly computation: string
    readonly partition: string
    readonly outcome: string
  }[]
}

/** Reads the runs, the newest first. */
export async function readRuns(place: DeclaredProject): Promise<readonly RunDocument[]> {
  const { stdout } = await runFreshet(place, "runs", "--json")
  return (JSON.parse(stdout) as { runs: readonly RunDocument[] }).runs // what the command promises
}

/** Reads one run with its progress and its steps. */
export async function readRun(place: DeclaredProject, id: string): Promise<RunDocument> {
  const { stdout } = await runFreshet(place, "runs", "show", id, "--json")
  return JSON.parse(stdout) as RunDocument // what the command promises
}

/** Reads the steps of the newest run: `takings 2026-01-05 materialized`. */
export async function readNewestSteps(place: DeclaredProject): Promise<readonly string[]> {
  return withLedgerClient(place, async (client) => {
    const { rows } = await client.query<{ step: string }>(`
      select concat_ws(' ', computation, date '1970-01-01' + partition, outcome) as step
      from freshet.steps
      where run = (select id from freshet.runs order by started_at desc limit 1) order by id`)
    return rows.map(({ step }) => step)
  })
}

/** Counts the materializations of each partition: `takings 2026-01-05` → times. */
export async function countMaterializations(
  place: DeclaredProject,
): Promise<ReadonlyMap<string, number>> {
  return withLedgerClient(place, async (client) => {
    const { rows } = await client.query<{ step: string; times: number }>(`
      select concat_ws(' ', computation, date '1970-01-01' + partition) as step,
        count(*)::integer as times
      from freshet.steps where outcome = 'materialized' group by 1`)
    return new Map(rows.map(({ step, times }) => [step, times]))
  })
}

import { mkdirSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

import * as esbuild from "esbuild"

import { freshet } from "../freshet-process.ts"
import { withClient } from "../ledger-contents.ts"
import { withWorkplace, type Workplace } from "../workplace.ts"

const [shop, launcher] = ["shop.ts", "shop-launcher.js"].map((name) =>
  fileURLToPath(new URL(name, import.meta.url)),
)

/** The days for which the shop lands something. */
export const shopDays = ["2026-01-05", "2026-01-06", "2026-01-07", "2026-01-08"] as const

/** A workplace in which `freshet` works on the assets of the shop; two items are ordered each day. */
export function withShop<T>(work: (place: Workplace) => Promise<T>): Promise<T> {
  return withWorkplace(async (place) => {
    const outfile = join(place.folder, "shop.mjs")
    const options = { bundle: true, format: "esm", platform: "node", outfile } as const
    await esbuild.build({ entryPoints: [shop ?? ""], ...options, logLevel: "silent" })
    const there = { ...place, program: [launcher ?? "", outfile] }
    for (const day of shopDays) {
      landOrders(there, day, { pen: 2, ink: 1 })
      landPrices(there, day, { pen: "3", ink: "5" })
    }
    return work(there)
  })
}

/** Lands the orders of a day: item → how many. */
export function landOrders(
  place: Workplace,
  day: string,
  orders: Readonly<Record<string, number>>,
): void {
  const lines = Object.entries(orders).map(([item, many]) => ({ item, many }))
  landLines(place, `shop/orders/${day}.json`, lines)
}

/** Lands the prices of a day: item → what was written down. */
export function landPrices(
  place: Workplace,
  day: string,
  prices: Readonly<Record<string, string>>,
): void {
  const lines = Object.entries(prices).map(([item, price]) => ({ item, price }))
  landLines(place, `shop/prices/${day}.json`, lines)
}

function landLines({ landing }: Workplace, path: string, lines: readonly object[]): void {
  const target = join(landing, path)
  mkdirSync(dirname(target), { recursive: true })
  writeFileSync(target, lines.map((line) => `${JSON.stringify(line)}\n`).join(""))
}

/** A run as `runs show --json` tells it. */
export interface ShownRun {
  readonly id: string
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

/** The runs so far, the newest first. */
export async function shownRuns(place: Workplace): Promise<readonly ShownRun[]> {
  const { stdout } = await freshet(place, "runs", "--json")
  return (JSON.parse(stdout) as { runs: readonly ShownRun[] }).runs // what the command promises
}

/** One run with its progress and its steps. */
export async function shownRun(place: Workplace, id: string): Promise<ShownRun> {
  const { stdout } = await freshet(place, "runs", "show", id, "--json")
  return JSON.parse(stdout) as ShownRun // what the command promises
}

/** The steps of the newest run: `takings 2026-01-05 made`. */
export async function newestSteps(place: Workplace): Promise<readonly string[]> {
  return withClient(place, async (client) => {
    const { rows } = await client.query<{ step: string }>(`
      select concat_ws(' ', computation, date '1970-01-01' + partition, outcome) as step
      from freshet.steps
      where run = (select id from freshet.runs order by started_at desc limit 1) order by id`)
    return rows.map(({ step }) => step)
  })
}

/** How often each partition was made: `takings 2026-01-05` → times. */
export async function timesMade(place: Workplace): Promise<ReadonlyMap<string, number>> {
  return withClient(place, async (client) => {
    const { rows } = await client.query<{ step: string; times: number }>(`
      select concat_ws(' ', computation, date '1970-01-01' + partition) as step,
        count(*)::integer as times
      from freshet.steps where outcome = 'made' group by 1`)
    return new Map(rows.map(({ step, times }) => [step, times]))
  })
}

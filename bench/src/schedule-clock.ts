import { setTimeout as delay } from "node:timers/promises"

import { toDayKey } from "./demo-landing.ts"
import type { OperationProject } from "./operation-project.ts"

export const minuteMs = 60_000

/** The time before a tick at which its file lands. */
export const marginMs = 10_000

/** Declares the source of orders, a file for each day, whose file the benchmarks replace; further assets have its options. */
export const ordersDeclaration = `
  const common = { group: "shop", partitions: core.daily({ start: "2020-01-01" }) }
  const columns = { id: core.int64("The order.") }
  const orders = core.sourceAsset({
    ...common,
    columns,
    name: "orders",
    description: "Orders of a day.",
    format: { kind: "json_lines" },
    path: "orders/{partition}.json",
  })`

let landings = 0

/** Lands other orders of the newest day, so that its partitions are stale. */
export function landOrders({ land }: OperationProject): void {
  land(`orders/${toDayKey(1)}.json`, `{"id":${(landings += 1)}}\n`)
}

/** Lands orders a moment before the next tick of each minute; returns the instant of the tick. */
export async function prepareTick(project: OperationProject): Promise<number> {
  const tickMs = Math.ceil((Date.now() + marginMs) / minuteMs) * minuteMs
  await delay(tickMs - marginMs - Date.now())
  landOrders(project)
  return tickMs
}

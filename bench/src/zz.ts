import { evaluate, extentsOf, makePlan, newestTargets, type ParsedQueries } from "@freshet/core"
import { hash } from "./plan-hash.ts"
import { landingOf } from "./plan-history.ts"
import { newsOf } from "./plan-news.ts"
import { bigSize, declare, graphOf, shapeOf } from "./plan-project.ts"
import { readState } from "./plan-state-file.ts"
const kind = process.argv[2] as "nothing" | "newDay"
const shape = shapeOf(bigSize)
const graph = graphOf(declare(shape))
const landing = landingOf(shape, newsOf(shape)[kind])
const snapshot = readState(`/tmp/scale-tmp/plan-state-${kind}`)
const world = { graph, landing, extents: extentsOf(graph, landing, 365 * 86_400_000) }
const parsed: ParsedQueries = new Map()
const cost: Record<string, number[]> = {}
const t = <T>(name: string, f: () => T): T => { const c = process.cpuUsage(); const v = f(); const u = process.cpuUsage(c); (cost[name] ??= []).push(u.user + u.system); return v }
for (let i = 0; i < 40; i++) {
  const e = t("evaluate", () => evaluate(world, snapshot, parsed, hash))
  const names = graph.computations.map(({ name }) => name)
  const all = new Map(names.map((n) => [n, [world.extents.get(n)!]]))
  t("everything", () => makePlan(e, { targets: all, publish: true }, hash))
  t("newest", () => makePlan(e, { targets: newestTargets(e, names), publish: true }, hash))
  t("extents", () => extentsOf(graph, landing, 365 * 86_400_000))
}
for (const [k, v] of Object.entries(cost)) { v.sort((a, b) => a - b); console.log(kind, k, "min", (v[0]! / 1000).toFixed(0), "q1", (v[10]! / 1000).toFixed(0), "med", (v[20]! / 1000).toFixed(0)) }

import {
  type AnyAsset,
  type Asset,
  type CheckResult,
  type ComputeRequest,
  type Graph,
  type Partitions,
  type Read,
  type Relation,
  type Sql,
  all,
  daily,
  hourly,
  itself,
  last,
  latest,
  monthly,
} from "../../src/index.ts"
import { noRows, previous, publishTo, sharedRows, sql, sqlAssets } from "../../src/index.ts"
import { staticKeys, unpartitioned, upTo, weekly, window } from "../../src/index.ts"
import { dailyAsset, graphOf, sourceIn } from "../declared.ts"
import type { Grain, Setting } from "./calendar.ts"
import { type ComputationShape, type Declared, type Found, type Rule, type Shape } from "./shape.ts"
import { type WindowName, computationName, named, passes, present, rows } from "./shape.ts"

/** How assets of a grain are cut in a story. */
export function cut({ zone, declared }: Setting, { keys }: Declared, grain: Grain): Partitions {
  if (grain === "none") return unpartitioned
  if (grain === "static") return staticKeys(keys)
  const [start, end] = declared[grain]
  return { hourly, daily, weekly, monthly }[grain]({ zone, start, ...(end && { end }) })
}

/** The declarations of a shape. */
export function declare(shape: Shape, setting: Setting, declared: Declared): Graph {
  const assets = new Map<string, AnyAsset>()
  for (const { id, grain, whenMissing } of shape.sources) {
    const { name, formerly } = named(declared, id)
    assets.set(id, sourceIn(name, cut(setting, declared, grain), { whenMissing, formerly }))
  }
  for (const computation of present(shape, declared)) {
    const made = declareOne(computation, assets, setting, declared)
    computation.outputs.forEach((output, at) => assets.set(output, made[at]!))
  }
  return graphOf(...assets.values())
}

function declareOne(
  computation: ComputationShape,
  assets: ReadonlyMap<string, AnyAsset>,
  setting: Setting,
  declared: Declared,
): readonly Asset[] {
  const { id, modulus, outputs, accumulates, grain, isPublished } = computation
  const reads = computation.reads.map((each) => read(assets.get(each.of)!, each.window))
  const from = [...reads, ...(accumulates ? [previous()] : [])].map((each) => sql`${each}`)
  const code = sql`${declared.salts.get(id) ?? 0} ${modulus}`
  const query = from.reduce<Sql>((left, right) => sql`${left} ${right}`, code)
  const partitions = cut(setting, declared, grain)
  const checksOf = (output: string) => ({ checks: checks(declared.checks.get(output)) })
  if (outputs.length === 1) {
    const { name, formerly } = named(declared, id)
    const publish = publishTo({ $inferInsert: {} }, { set: "published" })
    const extra = { partitions, formerly, ...checksOf(id), ...(isPublished && { publish }) }
    return [dailyAsset(name, query, extra)]
  }
  const { columns } = dailyAsset(id, query)
  const described = outputs.map((output, at) => {
    const { name, formerly } = named(declared, output)
    const own = sql`${at} ${sharedRows}`
    return [name, { description: "", columns, query: own, formerly, ...checksOf(output) }]
  })
  const shared = query as Sql<never> // the graph's own rules are what is tested here
  const name = computationName(declared, computation)
  return Object.values(
    sqlAssets({ name, group: "g", partitions, shared, outputs: Object.fromEntries(described) }),
  )
}

function checks(rule: Rule | undefined) {
  if (rule === undefined) return []
  const { remainder, severity } = rule
  return [noRows("remainder", { description: "", severity, query: sql`${remainder} ${itself}` })]
}

function read(asset: AnyAsset, name: WindowName): Read {
  const timed = asset as AnyAsset & { partitions: { kind: "daily" } } // windows other than same and all are for these
  switch (name) {
    case "same":
      return { kind: "read", asset, window: { kind: "same" } }
    case "last 2":
      return last(2, timed)
    case "whole":
      return last(1, timed, { onShortWindow: "skip" })
    case "skip 3":
      return last(3, timed, { onShortWindow: "skip" })
    case "error 4":
      return last(4, timed, { onShortWindow: "error" })
    case "before":
      return window(timed, -2, -1)
    case "latest":
      return latest(timed)
    case "up to":
      return upTo(timed)
    case "all":
      return all(asset)
  }
}

/** The engine of random graphs: reads salt and modulus out of the query. */
export function engineRows(
  { computation, relations, outputs }: ComputeRequest,
  asset: string,
  contents: (relation: Relation) => string[],
): string {
  if (computation.kind === "code") throw new Error("random graphs are SQL")
  const [part] = (computation.shared ?? computation.outputs[0]!.query).parts
  const [salt, modulus] = (part?.kind === "text" ? part.text : "").split(" ").map(Number)
  const reads = relations
    .filter(({ name }) => name !== "itself")
    .map((each) => found(each, contents(each)))
  const place = outputs.findIndex(({ name }) => name === asset)
  return rows({ salt: salt!, modulus: modulus! }, place, reads)
}

/** The keys and rows of a relation; a stored file says in its path which key it is of. */
function found(relation: Relation, contents: readonly string[]): Found {
  const keys =
    relation.kind === "landed"
      ? relation.partitions.map(({ key }) => key)
      : relation.files.map((file) => file.split("/")[1]!)
  return contents.map((content, at) => [keys[at]!, content])
}

/** The engine's judgement on rows, by the rule that is declared for the asset. */
export function checkRows(shape: Shape, declared: Declared) {
  const rules = new Map(
    shape.computations.flatMap(({ outputs }) =>
      outputs.map((output) => [named(declared, output).name, declared.checks.get(output)]),
    ),
  )
  return (asset: string, _: string, value: string): CheckResult[] => {
    const rule = rules.get(asset)
    if (rule === undefined) return []
    const passed = passes(rule, value)
    const { severity } = rule
    return [{ asset, name: "remainder", severity, passed, failures: passed ? 0 : 1, sample: [] }]
  }
}

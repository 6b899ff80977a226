import { FreshetError, findPartition } from "../../src/index.ts"
import type { Graph } from "../../src/index.ts"
import { forgetEarlier } from "../memory-ledger.ts"
import { type MemoryWorld, land, memoryWorld } from "../memory-world.ts"
import { calendarOf, placeOf } from "./calendar.ts"
import { checkRows, cut, declare, engineRows } from "./declaring.ts"
import { type Past, forget } from "./expected.ts"
import { type Declared, type Named, type Rule, named } from "./shape.ts"
import { type Chapter, type Edit, type Story, firstKeys, pickedKey } from "./story.ts"
import type { Facts } from "./truth.ts"

/** One story while it is told: the world that the code under test sees, and the facts that the oracle sees. */
export interface Telling {
  readonly story: Story
  readonly world: MemoryWorld
  readonly facts: Told
  readonly past: Past
}

/** The facts of a story, as its edits change them. */
interface Told extends Facts {
  readonly landed: Map<string, Map<string, string>>
  nowMs: number
  readonly declared: Declared & {
    readonly salts: Map<string, number>
    readonly names: Map<string, Named>
    readonly removed: Set<string>
    readonly checks: Map<string, Rule>
    keys: readonly string[]
  }
}

/** The world before anything was made, with the first files. */
export function begin(story: Story): Telling {
  const { setting, shape } = story
  const world = memoryWorld(0, { rows: engineRows })
  world.hash = interning()
  const landed = new Map(
    shape.sources.map(({ id, grain }, at) => {
      const keys = story.landed[at]!.map((pick) => pickedKey(setting, firstKeys, grain, pick))
      return [id, new Map(keys.map((key) => [key, "1"]))]
    }),
  )
  const nowMs = calendarOf(setting).daily[placeOf(setting, "daily", setting.today)]!.toMs
  const declared = {
    salts: new Map(),
    names: new Map(),
    removed: new Set<string>(),
    checks: new Map(),
    keys: firstKeys,
  }
  return { story, world, facts: { setting, landed, nowMs, declared }, past: new Map() }
}

/** An exact and short hash: the number under which a text was first seen. */
function interning(): (text: string) => string {
  const seen = new Map<string, string>()
  return (text) => {
    const known = seen.get(text) ?? `h${seen.size}`
    seen.set(text, known)
    return known
  }
}

/** Changes the facts. */
export function apply(telling: Telling, edit: Edit): void {
  const { facts, past, story } = telling
  const { declared } = facts
  const { sources, computations } = story.shape
  const source = sources[edit.pick % sources.length]!
  const computation = computations[edit.pick % computations.length]!
  const output = computation.outputs[edit.pick % computation.outputs.length]!
  switch (edit.kind) {
    case "land":
    case "take away": {
      const key = pickedKey(facts.setting, declared.keys, source.grain, edit.place)
      if (edit.kind === "take away") facts.landed.get(source.id)!.delete(key)
      else facts.landed.get(source.id)!.set(key, String(edit.content))
      return
    }
    case "code":
      declared.salts.set(computation.id, edit.salt)
      return
    case "time":
      facts.nowMs += edit.hours * 3_600_000
      return
    case "remove or bring back":
      if (!declared.removed.delete(computation.id)) declared.removed.add(computation.id)
      return
    case "rename":
      rename(telling, edit.pick % 3 === 0 ? source.id : output, edit.isSaid)
      return
    case "checks":
      if (edit.rule === undefined) declared.checks.delete(output)
      else declared.checks.set(output, edit.rule)
      return
    case "forget":
      forget(past)
      forgetEarlier(telling.world, graphOfAll(telling))
      return
    case "keys":
      declared.keys = edit.keys
  }
}

/** Gives an asset a name that none ever had. */
function rename({ facts }: Telling, id: string, isSaid: boolean): void {
  const { names } = facts.declared
  const { name, formerly } = named(facts.declared, id)
  names.set(id, { name: `${name}_`, formerly: isSaid ? [...formerly, name] : [] })
}

/** The graph with what was removed. */
function graphOfAll({ story, facts }: Telling): Graph {
  return declare(story.shape, story.setting, { ...facts.declared, removed: new Set() })
}

/** Brings the world up to the facts, and gives the declarations of the moment. */
export function graphNow({ story, world, facts }: Telling): Graph {
  const { declared, setting } = facts
  world.nowMs = facts.nowMs
  world.landed.clear()
  for (const { id, grain } of story.shape.sources)
    for (const [key, content] of facts.landed.get(id)!) {
      const index = findPartition(cut(setting, declared, grain), key)
      if (index !== undefined) land(world, named(declared, id).name, index, content)
    }
  world.behaviour.checks = checkRows(story.shape, declared)
  return declare(story.shape, setting, declared)
}

/** Sees to it that a run ends as its chapter wants it. */
export function breakRun({ world }: Telling, chapter: Chapter, failing: string | undefined): void {
  const [last, records] = [chapter.pick % 12, chapter.pick % 9]
  let recorded = 0
  world.computed.length = 0
  world.behaviour.beforeCompute = (step) => {
    if (step === failing) throw new FreshetError("engine", "broken on purpose")
    if (chapter.run === "stopped" && world.computed.length > last) world.aborted = true
  }
  world.behaviour.beforeRecord = () => {
    recorded += 1
    if (chapter.run === "killed" && recorded > records)
      throw new FreshetError("ledger", "killed on purpose")
  }
}

import { FreshetError, findPartition, type Graph } from "../../src/engine.ts"
import { wipeEarlier } from "../memory-ledger.ts"
import { type MemoryProject, land, createMemoryProject } from "../memory-project.ts"
import type { Granularity, Setting } from "./calendar.ts"
import { getCalendar, getPlace, moveBounds } from "./calendar.ts"
import {
  createRowChecker,
  buildPartitions,
  buildShapeGraph,
  computeEngineRows,
} from "./declare-shape.ts"
import { type Past, keepNewest } from "./expected-run.ts"
import {
  type Declarations,
  type NamedAsset,
  type Rule,
  type Shape,
  type SourceShape,
  getName,
} from "./shape.ts"
import { type Chapter, type Edit, type Story, buildShape, firstKeys, pickKey } from "./story.ts"
import type { Facts } from "./truth.ts"

/** A story during its replay: the project of the code under test, and the facts and memory of the oracle. */
export interface Replay {
  readonly story: Story
  readonly project: MemoryProject
  readonly facts: ReplayFacts
  /** The graph with the present granularities. */
  shape: Shape
  readonly past: Past
}

/** The facts of a story, as its edits change them. */
interface ReplayFacts extends Facts {
  setting: Setting
  /** Computation → its granularity, if it is not the first one. */
  readonly granularities: Map<string, Granularity>
  readonly landed: Map<string, Map<string, string>>
  nowMs: number
  readonly declared: Declarations & {
    readonly salts: Map<string, number>
    readonly names: Map<string, NamedAsset>
    readonly removed: Set<string>
    readonly checks: Map<string, Rule>
    readonly groups: Map<string, string>
    keys: readonly string[]
  }
}

/** Creates the project of a story with its first files. */
export function startReplay(story: Story): Replay {
  const { setting } = story
  const shape = buildShape(story.drawn)
  const project = createMemoryProject(0, { rows: computeEngineRows })
  project.hash = createInterner()
  const landed = new Map(
    shape.sources.map(({ id, granularity }, at) => {
      const keys = story.landed[at]!.map((pick) => pickKey(setting, firstKeys, granularity, pick))
      return [id, new Map(keys.map((key) => [key, "1"]))]
    }),
  )
  const nowMs = getCalendar(setting).daily[getPlace(setting, "daily", setting.today)]!.toMs
  const declared = {
    salts: new Map(),
    names: new Map(),
    removed: new Set<string>(),
    checks: new Map(),
    groups: new Map(),
    keys: firstKeys,
  }
  const facts = { setting, landed, nowMs, declared, granularities: new Map() }
  return { story, project, facts, shape, past: new Map() }
}

/** Creates an exact and short hash: the number of a text in the order of first use. */
function createInterner(): (text: string) => string {
  const hashByText = new Map<string, string>()
  return (text) => {
    const shortHash = hashByText.get(text) ?? `h${hashByText.size}`
    hashByText.set(text, shortHash)
    return shortHash
  }
}

/** Applies an edit to the facts. */
export function applyEdit(replay: Replay, edit: Edit): void {
  const { facts, past } = replay
  const { declared } = facts
  const { sources, computations } = replay.shape
  const source = sources[edit.pick % sources.length]!
  const computation = computations[edit.pick % computations.length]!
  const output = computation.outputs[edit.pick % computation.outputs.length]!
  switch (edit.kind) {
    case "land":
    case "take away": {
      const landingSetting = { ...facts.setting, declared: replay.story.setting.declared }
      const key = pickKey(landingSetting, declared.keys, source.granularity, edit.place)
      if (edit.kind === "take away") facts.landed.get(source.id)!.delete(key)
      else facts.landed.get(source.id)!.set(key, String(edit.content))
      return
    }
    case "take away the oldest":
      takeOldestAway(replay, source, edit.count)
      return
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
      renameAsset(replay, edit.pick % 3 === 0 ? source.id : output, edit.isSaid)
      return
    case "checks":
      if (edit.rule === undefined) declared.checks.delete(output)
      else declared.checks.set(output, edit.rule)
      return
    case "group":
      declared.groups.set(edit.pick % 3 === 0 ? source.id : computation.id, edit.group)
      return
    case "wipe":
      keepNewest(past)
      wipeEarlier(replay.project, buildFullGraph(replay))
      return
    case "keys":
      declared.keys = edit.keys
      return
    case "granularity":
      facts.granularities.set(computation.id, edit.granularity)
      replay.shape = buildShape(replay.story.drawn, facts.granularities)
      return
    case "bounds":
      facts.setting = moveBounds(facts.setting, edit.granularity, edit)
  }
}

/** Removes the oldest files of a source that is partitioned by time. */
function takeOldestAway({ facts }: Replay, { id, granularity }: SourceShape, count: number): void {
  if (granularity === "none" || granularity === "static") return
  const files = facts.landed.get(id)!
  for (const key of [...files.keys()].toSorted().slice(0, count)) files.delete(key)
}

/** Renames an asset to a new name. */
function renameAsset({ facts }: Replay, id: string, isSaid: boolean): void {
  const { names } = facts.declared
  const { name, previousNames } = getName(facts.declared, id)
  names.set(id, { name: `${name}_`, previousNames: isSaid ? [...previousNames, name] : [] })
}

/** Builds the graph of all computations, including removed ones. */
function buildFullGraph({ shape, facts }: Replay): Graph {
  return buildShapeGraph(shape, facts.setting, { ...facts.declared, removed: new Set() })
}

/** Applies the facts to the project, and builds the current graph. */
export function buildCurrentGraph({ shape, project, facts }: Replay): Graph {
  const { declared, setting } = facts
  project.nowMs = facts.nowMs
  project.landed.clear()
  for (const { id, granularity } of shape.sources)
    for (const [key, content] of facts.landed.get(id)!) {
      const index = findPartition(buildPartitions(setting, declared, granularity), key)
      if (index !== undefined) land(project, getName(declared, id).name, index, content)
    }
  project.behaviour.checks = createRowChecker(shape, declared)
  return buildShapeGraph(shape, setting, declared)
}

/** Prepares the project so that the run ends as in its chapter. */
export function arrangeRun(
  { project }: Replay,
  chapter: Chapter,
  failing: string | undefined,
): void {
  const [last, records] = [chapter.pick % 12, chapter.pick % 9]
  let recorded = 0
  project.computed.length = 0
  project.behaviour.beforeCompute = (step) => {
    if (step === failing) throw new FreshetError("engine", "broken on purpose")
    if (chapter.run === "stopped" && project.computed.length > last) project.aborted = true
  }
  project.behaviour.beforeRecord = () => {
    recorded += 1
    if (chapter.run === "killed" && recorded > records)
      throw new FreshetError("ledger", "killed on purpose")
  }
}

import { FreshetError, findPartition, type Graph } from "../../src/engine.ts"
import { type MemoryProject, land, createMemoryProject } from "../memory-project.ts"
import type { Granularity, Setting } from "./calendar.ts"
import { getCalendar, getPlace } from "./calendar.ts"
import {
  createRowChecker,
  buildPartitions,
  buildShapeGraph,
  computeEngineRows,
} from "./declare-shape.ts"
import type { Facts } from "./existence.ts"
import type { Past } from "./expected-run.ts"
import {
  type Declarations,
  type NamedAsset,
  type Publication,
  type Rule,
  type Shape,
  getName,
} from "./shape.ts"
import { type Chapter, type Story, buildShape, firstKeys, pickKey } from "./story.ts"

/** A story during its replay: the project of the code under test, and the facts and memory of the oracle. */
export interface Replay {
  readonly story: Story
  readonly project: MemoryProject
  readonly facts: ReplayFacts
  /** The graph with the present granularities. */
  shape: Shape
  readonly past: Past
  /** Table → the name of the history that wrote its rows. */
  readonly writers: Map<string, string>
}

/** The facts of a story, as its edits change them. */
interface ReplayFacts extends Facts {
  setting: Setting
  /** Source or computation → its granularity, if it is not the first one. */
  readonly granularities: Map<string, Granularity>
  readonly landed: Map<string, Map<string, string>>
  nowMs: number
  /** The time by which the clock is ahead in this chapter. */
  aheadMs: number
  readonly declared: Declarations & {
    readonly salts: Map<string, number>
    readonly names: Map<string, NamedAsset>
    readonly removed: Set<string>
    readonly checks: Map<string, Rule>
    readonly groups: Map<string, string>
    readonly publications: Map<string, Publication>
    readonly histories: Map<string, string>
    readonly swaps: Map<string, string>
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
    publications: new Map(),
    firstRuns: new Map(),
    histories: new Map(),
    swaps: new Map(),
    keys: firstKeys,
  }
  const facts = { setting, landed, nowMs, aheadMs: 0, declared, granularities: new Map() }
  return { story, project, facts, shape, past: new Map(), writers: new Map() }
}

/** Creates an empty project over the files and declarations at the end of a story. */
export function startFromScratch(replay: Replay): Replay {
  const project = createMemoryProject(0, { rows: computeEngineRows })
  project.hash = replay.project.hash
  return { ...replay, project, past: new Map(), writers: new Map() }
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

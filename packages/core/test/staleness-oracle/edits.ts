import type { Graph } from "../../src/engine.ts"
import { wipeEarlier } from "../memory-ledger.ts"
import { followRenames } from "../memory-renames.ts"
import { moveBounds, moveZone } from "./calendar.ts"
import { buildShapeGraph } from "./declare-shape.ts"
import { keepNewest } from "./expected-run.ts"
import type { Replay } from "./replay.ts"
import type { ComputationShape, NamedAsset, Publication, SourceShape } from "./shape.ts"
import { getHistoryName, getName, getPublication } from "./shape.ts"
import { type Edit, buildShape, pickKey } from "./story.ts"

type Declared = Replay["facts"]["declared"]

/** Applies the edits of a chapter to the facts. A clock that was ahead is right again. */
export function applyEdits(replay: Replay, edits: readonly Edit[]): void {
  const { facts } = replay
  facts.nowMs -= facts.aheadMs
  facts.aheadMs = 0
  for (const edit of edits) applyEdit(replay, edit)
}

function applyEdit(replay: Replay, edit: Edit): void {
  const { facts, past } = replay
  const { declared } = facts
  const { sources, computations } = replay.shape
  const source = sources[edit.pick % sources.length]!
  const computation = computations[edit.pick % computations.length]!
  const output = computation.outputs[edit.pick % computation.outputs.length]!
  switch (edit.kind) {
    case "land":
    case "take away":
    case "take away the oldest":
      editFiles(replay, edit, source)
      return
    case "code":
      declared.salts.set(computation.id, edit.salt)
      return
    case "time":
      facts.nowMs += edit.hours * 3_600_000
      return
    case "remove or bring back":
      if (computation.outputs.some((swapped) => declared.swaps.has(swapped))) return
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
    case "zone":
    case "bounds":
      redefinePartitions(replay, edit, source)
      return
    case "set":
    case "table":
    case "keep":
      publishOtherwise(replay, edit)
      return
    case "swap":
      swapNames(replay, edit)
      return
    case "clock ahead":
      facts.aheadMs += edit.days * 86_400_000
      facts.nowMs += edit.days * 86_400_000
      return
  }
}

/**
 * Edits the definition of the partitions of a source or a computation, or the zone or the bounds of all. Nothing becomes
 * static: with equal rows, the first key of an upstream that was unpartitioned is the same input, because earlier
 * releases named static partitions by position; the rule of the stories names them by key alone.
 */
function redefinePartitions(
  replay: Replay,
  edit: Extract<Edit, { kind: "granularity" | "zone" | "bounds" }>,
  source: SourceShape,
): void {
  const { facts, story } = replay
  const { computations } = replay.shape
  if (edit.kind === "bounds") facts.setting = moveBounds(facts.setting, edit.granularity, edit)
  else if (edit.kind === "zone")
    facts.setting = moveZone(facts.setting, edit.zone ?? story.setting.zone, story.setting)
  else if (edit.granularity !== "static") {
    const { id } = edit.pick % 4 === 0 ? source : computations[edit.pick % computations.length]!
    facts.granularities.set(id, edit.granularity)
    replay.shape = buildShape(story.drawn, facts.granularities)
  }
}

/** Lands or removes a file of a source, or removes its oldest files if it is partitioned by time. */
function editFiles(
  { facts, story }: Replay,
  edit: Extract<Edit, { kind: "land" | "take away" | "take away the oldest" }>,
  { id, granularity }: SourceShape,
): void {
  const files = facts.landed.get(id)!
  if (edit.kind === "take away the oldest") {
    if (granularity === "none" || granularity === "static") return
    for (const key of [...files.keys()].toSorted().slice(0, edit.count)) files.delete(key)
    return
  }
  const setting = { ...facts.setting, declared: story.setting.declared }
  const key = pickKey(setting, facts.declared.keys, granularity, edit.place)
  if (edit.kind === "take away") files.delete(key)
  else files.set(key, String(edit.content))
}

/** Renames an asset to a new name. */
function renameAsset({ facts }: Replay, id: string, isSaid: boolean): void {
  const { names, histories, swaps } = facts.declared
  if (swaps.has(id)) return
  const { name, previousNames } = getName(facts.declared, id)
  names.set(id, { name: `${name}_`, previousNames: isSaid ? [...previousNames, name] : [] })
  if (!isSaid) histories.set(id, `${id} ${name}_`)
}

/** Edits the publication of a published computation: its set, or that of all; its table; or the days in its table. */
function publishOtherwise(
  { shape, facts }: Replay,
  edit: Extract<Edit, { kind: "set" | "table" | "keep" }>,
): void {
  const { declared } = facts
  const published = shape.computations.filter(({ isPublished }) => isPublished)
  const computation = published[edit.pick % published.length]
  if (computation === undefined) return
  if (edit.kind === "keep") publish(declared, computation, { keep: edit.keep })
  else if (edit.kind === "table")
    exchangeTables(declared, computation, published[edit.other % published.length]!)
  else
    for (const member of edit.isWhole ? published : [computation])
      publish(declared, member, { set: edit.set })
}

function publish(declared: Declared, { id }: ComputationShape, change: Partial<Publication>): void {
  declared.publications.set(id, { ...getPublication(declared, id), ...change })
}

/** Exchanges the tables of two computations. One of them may be removed: the other one then has its table. */
function exchangeTables(declared: Declared, one: ComputationShape, other: ComputationShape): void {
  const { table } = getPublication(declared, one.id)
  publish(declared, one, { table: getPublication(declared, other.id).table })
  publish(declared, other, { table })
}

/** Swaps the names of two sources or two outputs, with lists of previous names; or takes an earlier swap back, lists included. */
function swapNames(replay: Replay, { pick, other }: Extract<Edit, { kind: "swap" }>): void {
  const { shape, facts } = replay
  const { swaps, removed } = facts.declared
  const outputs = shape.computations
    .filter(({ id }) => !removed.has(id))
    .flatMap((computation) => computation.outputs)
  const assets = pick % 3 === 0 ? shape.sources.map(({ id }) => id) : outputs
  const [one, two] = [assets[pick % assets.length], assets[other % assets.length]]
  if (one === undefined || two === undefined || one === two) return
  if (shape.computations.some(({ outputs: ids }) => ids.includes(one) && ids.includes(two))) return // a declaration problem
  const isSwapped = swaps.get(one) === two
  if (!isSwapped && (swaps.has(one) || swaps.has(two))) return
  if (isSwapped) takeSwapBack(facts.declared, [one, two])
  else swapWithLists(facts.declared, [one, two])
  deploy(replay)
}

function swapWithLists({ names, swaps }: Declared, [one, two]: readonly [string, string]): void {
  const [first, second] = [getName({ names }, one), getName({ names }, two)]
  const rename = (from: NamedAsset, to: NamedAsset): NamedAsset => ({
    name: to.name,
    previousNames: [...from.previousNames, from.name],
  })
  names.set(one, rename(first, second)).set(two, rename(second, first))
  swaps.set(one, two).set(two, one)
}

/**
 * The records stay where they are, so that each asset has the history of the other. An asset that was renamed before the
 * swap would also have its own records under its first name: such a swap is not taken back.
 */
function takeSwapBack(
  { names, histories, swaps }: Declared,
  [one, two]: readonly [string, string],
): void {
  const isRenamed = (id: string) => getName({ names }, id).previousNames.length > 1
  if (isRenamed(one) || isRenamed(two)) return
  for (const id of [one, two]) {
    const previousNames = getName({ names }, id).previousNames
    names.set(id, { name: previousNames.at(-1)!, previousNames: previousNames.slice(0, -1) })
    swaps.delete(id)
  }
  const history = getHistoryName({ histories }, one)
  histories.set(one, getHistoryName({ histories }, two)).set(two, history)
}

/** Lets the ledger of the project follow the names of all computations, including removed ones. */
function deploy(replay: Replay): void {
  if (followRenames(replay.project, buildFullGraph(replay))) replay.project.proof = undefined
}

/** Builds the graph of all computations, including removed ones. */
function buildFullGraph({ shape, facts }: Replay): Graph {
  return buildShapeGraph(shape, facts.setting, { ...facts.declared, removed: new Set() })
}

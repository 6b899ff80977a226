import { formatCount, formatDuration } from "@freshet/core/engine"

import type { AssetStateDocument, LineageDocument } from "../../api/documents.ts"
import { getShownState } from "../../asset-state.ts"
import { type StateName, stateNames } from "../../ui/state-names.ts"

/** The properties by which the cards of the graph are coloured. */
export const lensNames = ["state", "freshness", "kind", "duration", "rows"] as const

export type LensName = (typeof lensNames)[number]

/** A colour of a lens, with its word in the legend. */
export interface LensCategory {
  readonly tone: LensTone
  readonly word: string
}

/** The colour of a category: that of a state, or one of five steps of the accent. */
export type LensTone =
  | StateName
  | "due_soon"
  | "sql"
  | "code"
  | "none"
  | `level_${1 | 2 | 3 | 4 | 5}`

/** The category of one asset, and its exact value in words; empty when the word of the category says all. */
export interface LensMark extends LensCategory {
  readonly value: string
}

type LineageNode = LineageDocument["nodes"][number]

interface Lens {
  readonly title: string
  /** The categories in the order of the legend. */
  readonly categories: readonly LensCategory[]
  readonly mark: (node: LineageNode, asset: AssetStateDocument | undefined) => LensMark
}

/** Returns the categories of a lens in the order of the legend. */
export function listCategories(lens: LensName): readonly LensCategory[] {
  return lenses[lens].categories
}

/** Returns the title of a lens. */
export function getLensTitle(lens: LensName): string {
  return lenses[lens].title
}

/** Finds the category and the value of an asset. */
export function markAsset(
  lens: LensName,
  node: LineageNode,
  asset: AssetStateDocument | undefined,
): LensMark {
  return lenses[lens].mark(node, asset)
}

/** Returns the lens of an address; the state unless it names another. */
export function parseLens(text: string | undefined): LensName {
  return lensNames.find((name) => name === text) ?? "state"
}

const unknown: LensCategory = { tone: "none", word: "none" }

function markState({ kind }: LineageNode, asset: AssetStateDocument | undefined): LensMark {
  const missing = kind === "source" ? "source" : "missing"
  const state = asset === undefined ? missing : getShownState(asset)
  return { tone: state, word: state, value: "" }
}

const deadlines = {
  overdue: { tone: "overdue", word: "overdue" },
  due_soon: { tone: "due_soon", word: "due soon" },
  on_time: { tone: "fresh", word: "on time" },
  none: { tone: "none", word: "no deadline" },
} as const satisfies Readonly<Record<string, LensCategory>>

function markDeadline(_node: LineageNode, asset: AssetStateDocument | undefined): LensMark {
  const { deadline = null, overdue = null, due_soon: dueSoon = null } = asset ?? {}
  const dueAt = (overdue ?? dueSoon)?.due_at
  const value = dueAt === undefined ? "" : `due ${dueAt.slice(5, 16).replace("T", " ")}`
  return { ...deadlines[deadline ?? "none"], value }
}

const kinds = {
  source: { tone: "source", word: "source" },
  sql: { tone: "sql", word: "SQL" },
  code: { tone: "code", word: "code" },
} as const satisfies Readonly<Record<LineageNode["kind"], LensCategory>>

interface Scale {
  readonly limits: readonly [number, number, number, number]
  readonly format: (value: number) => string
}

const levels = ["level_1", "level_2", "level_3", "level_4", "level_5"] as const

/** Divides values at four limits into five categories; an asset without a value has its own. */
function createScaleLens(
  title: string,
  { limits, format }: Scale,
  getValue: (asset: AssetStateDocument) => number | null,
): Lens {
  const words = [...limits.map((limit) => `< ${format(limit)}`), `≥ ${format(limits[3])}`]
  const categories = levels.map((tone, at) => ({ tone, word: words[at] ?? "" }))
  return {
    title,
    categories: [...categories, unknown],
    mark: (_node, asset) => {
      const value = asset === undefined ? null : getValue(asset)
      if (value === null) return { ...unknown, value: "" }
      const at = limits.filter((limit) => value >= limit).length
      return { ...(categories[at] ?? unknown), value: format(value) }
    },
  }
}

const lenses: Readonly<Record<LensName, Lens>> = {
  state: {
    title: "State",
    categories: stateNames
      .filter((state) => state !== "queued")
      .map((state) => ({ tone: state, word: state })),
    mark: markState,
  },
  freshness: { title: "Freshness", categories: Object.values(deadlines), mark: markDeadline },
  kind: {
    title: "Kind",
    categories: Object.values(kinds),
    mark: ({ kind }) => ({ ...kinds[kind], value: kinds[kind].word }),
  },
  duration: createScaleLens(
    "Duration",
    { limits: [100, 1000, 10_000, 60_000], format: formatDuration },
    ({ ms }) => ms,
  ),
  rows: createScaleLens(
    "Rows",
    { limits: [100, 10_000, 1_000_000, 100_000_000], format: formatCount },
    ({ rows }) => rows,
  ),
}

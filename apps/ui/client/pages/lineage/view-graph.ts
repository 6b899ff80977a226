import { formatQuantity } from "@freshet/core/engine"

import type { AssetStateDocument, LineageDocument } from "../../api/documents.ts"
import { countStates, getShownState } from "../../asset-state.ts"
import { formatAssetCounts } from "../../format.ts"
import type { StateName } from "../../ui/state-names.ts"
import {
  type LensCategory,
  type LensMark,
  type LensName,
  listCategories,
  markAsset,
} from "./lenses.ts"

/** A card of the graph. */
export interface ViewNode {
  readonly id: string
  readonly kind: "asset" | "group"
  readonly name: string
  /** The expanded group that contains the card; undefined on the top level. */
  readonly group: string | undefined
  readonly state: StateName
  readonly isOverdue: boolean
  /** A second line: rows or the cause; of a collapsed group its counts. */
  readonly detail: string
  /** The category and the value of the asset under the lens; undefined for a collapsed group. */
  readonly mark: LensMark | undefined
  /** Of a collapsed group: its assets by category of the lens. */
  readonly counts: readonly LensCount[]
}

/** The number of assets in a category of a lens. */
export interface LensCount extends LensCategory {
  readonly count: number
}

/** A read, or the reads between two cards. */
export interface ViewEdge {
  readonly id: string
  readonly from: string
  readonly to: string
}

/** The graph as it is shown: expanded groups, cards and edges. */
export interface ViewGraph {
  readonly lens: LensName
  readonly groups: readonly { readonly name: string; readonly detail: string }[]
  readonly nodes: readonly ViewNode[]
  readonly edges: readonly ViewEdge[]
}

/** Chooses the visible part of a graph. */
export interface ViewOptions {
  /** The expanded groups. */
  readonly open: ReadonlySet<string>
  /** Shows only the assets within some reads of this one, without groups. */
  readonly focus: { readonly name: string; readonly hops: number } | undefined
  /** Shows only these assets, without groups. */
  readonly selection: ReadonlySet<string> | undefined
  readonly lens: LensName
}

/** Builds the visible graph. */
export function buildViewGraph(
  lineage: LineageDocument,
  states: ReadonlyMap<string, AssetStateDocument>,
  options: ViewOptions,
): ViewGraph {
  const { open, lens } = options
  const visible = findVisible(lineage, options)
  if (visible !== undefined) return buildFlatGraph(lineage, states, { visible, lens })
  const groupNames = [...new Set(lineage.nodes.map(({ group }) => group))]
  const places = new Map(
    lineage.nodes.map(({ name, group }) => [name, open.has(group) ? name : toGroupId(group)]),
  )
  const assets = lineage.nodes.filter(({ group }) => open.has(group))
  const closedGroups = groupNames.filter((group) => !open.has(group))
  const members = (group: string) => lineage.nodes.filter((node) => node.group === group)
  return {
    lens,
    groups: groupNames
      .filter((group) => open.has(group))
      .map((name) => ({ name, detail: describeGroup(members(name), states) })),
    nodes: [
      ...assets.map((node) =>
        toAssetNode(node, states.get(node.name), { lens, group: node.group }),
      ),
      ...closedGroups.map((group) => toGroupNode(group, members(group), { states, lens })),
    ],
    edges: mergeEdges(lineage.edges, places),
  }
}

/** Finds the assets that a focus or a selection shows without groups; undefined when groups are shown. */
function findVisible(
  lineage: LineageDocument,
  { focus, selection }: Pick<ViewOptions, "focus" | "selection">,
): ReadonlySet<string> | undefined {
  return focus === undefined ? selection : findWithin(lineage, focus.name, focus.hops)
}

/** Returns the id of the card of a collapsed group. */
function toGroupId(group: string): string {
  return `group:${group}`
}

type LineageNode = LineageDocument["nodes"][number]
type States = ReadonlyMap<string, AssetStateDocument>

function buildFlatGraph(
  { nodes, edges }: LineageDocument,
  states: States,
  { visible, lens }: { readonly visible: ReadonlySet<string>; readonly lens: LensName },
): ViewGraph {
  const places = new Map([...visible].map((name) => [name, name]))
  return {
    lens,
    groups: [],
    nodes: nodes
      .filter(({ name }) => visible.has(name))
      .map((node) => toAssetNode(node, states.get(node.name), { lens, group: undefined })),
    edges: mergeEdges(edges, places),
  }
}

/** Finds the assets within a number of reads up or down. */
function findWithin({ edges }: LineageDocument, name: string, hops: number): ReadonlySet<string> {
  return new Set([...walk(edges, name, hops, "up"), ...walk(edges, name, hops, "down")])
}

function walk(
  edges: readonly Pick<ViewEdge, "from" | "to">[],
  start: string,
  hops: number,
  direction: "up" | "down",
): ReadonlySet<string> {
  const reached = new Set([start])
  let border = [start]
  for (let hop = 0; hop < hops && border.length > 0; hop += 1) {
    const names = new Set(border)
    border = edges
      .filter(({ from, to }) => names.has(direction === "up" ? to : from))
      .map(({ from, to }) => (direction === "up" ? from : to))
      .filter((name) => !reached.has(name))
    for (const name of border) reached.add(name)
  }
  return reached
}

function toAssetNode(
  node: LineageNode,
  asset: AssetStateDocument | undefined,
  { lens, group }: { readonly lens: LensName; readonly group: string | undefined },
): ViewNode {
  const { name, kind } = node
  const state =
    asset === undefined ? (kind === "source" ? "source" : "missing") : getShownState(asset)
  const isQuiet = state === "fresh" || state === "source"
  const rows = asset?.rows ?? null
  const quietDetail = rows === null ? "" : formatQuantity(rows, "row")
  return {
    id: name,
    kind: "asset",
    name,
    group,
    state,
    isOverdue: asset !== undefined && asset.overdue !== null,
    detail: isQuiet || asset === undefined ? quietDetail : `${state}: ${asset.main_cause}`,
    mark: markAsset(lens, node, asset),
    counts: [],
  }
}

function countGroup(members: readonly LineageNode[], states: States) {
  return countStates(members.flatMap(({ name }) => states.get(name) ?? []))
}

function toGroupNode(
  group: string,
  members: readonly LineageNode[],
  { states, lens }: { readonly states: States; readonly lens: LensName },
): ViewNode {
  return {
    id: toGroupId(group),
    kind: "group",
    name: group,
    group: undefined,
    state: countGroup(members, states)[0]?.[0] ?? "source",
    isOverdue: members.some(({ name }) => (states.get(name)?.overdue ?? null) !== null),
    detail: formatAssetCounts(members),
    mark: undefined,
    counts: countCategories(members, states, lens),
  }
}

/** Counts the assets of a group by category; sources have no state, so that they are not counted by it. */
function countCategories(
  members: readonly LineageNode[],
  states: States,
  lens: LensName,
): readonly LensCount[] {
  const marks = members
    .filter(({ kind }) => lens === "kind" || kind !== "source")
    .map((node) => markAsset(lens, node, states.get(node.name)))
  return listCategories(lens).flatMap((category) => {
    const count = marks.filter(({ tone }) => tone === category.tone).length
    return count === 0 ? [] : [{ ...category, count }]
  })
}

function describeGroup(members: readonly LineageNode[], states: States): string {
  const counts = countGroup(members, states).map(([state, count]) => `${count} ${state}`)
  return [formatAssetCounts(members), ...counts].join(" · ")
}

function mergeEdges(
  edges: LineageDocument["edges"],
  places: ReadonlyMap<string, string>,
): readonly ViewEdge[] {
  const merged = new Map<string, ViewEdge>()
  for (const { from: source, to: target } of edges) {
    const [from, to] = [places.get(source), places.get(target)]
    if (from === undefined || to === undefined || from === to) continue
    const id = `${from} → ${to}`
    merged.set(id, { id, from, to })
  }
  return [...merged.values()]
}

/** Finds the cards on the paths through a card, up and down. */
export function findPaths(
  edges: readonly Pick<ViewEdge, "from" | "to">[],
  id: string,
): ReadonlySet<string> {
  return new Set([...walk(edges, id, Infinity, "up"), ...walk(edges, id, Infinity, "down")])
}

/** Finds the cards on the paths between two cards, both included; empty when neither is downstream of the other. */
export function findPathsBetween(
  edges: readonly Pick<ViewEdge, "from" | "to">[],
  first: string,
  last: string,
): ReadonlySet<string> {
  const downwards = findPathsDown(edges, first, last)
  return downwards.size > 0 ? downwards : findPathsDown(edges, last, first)
}

/** Finds the cards on the paths from a card down to another one; empty when it is not downstream. */
export function findPathsDown(
  edges: readonly Pick<ViewEdge, "from" | "to">[],
  from: string,
  to: string,
): ReadonlySet<string> {
  const below = walk(edges, from, Infinity, "down")
  return new Set([...walk(edges, to, Infinity, "up")].filter((id) => below.has(id)))
}

import { getRouteApi, useNavigate } from "@tanstack/react-router"
import { useMemo } from "react"

import type { LineageDocument } from "../../api/documents.ts"
import type { Direction } from "./layout-graph.ts"
import { type LensName, parseLens } from "./lenses.ts"
import type { ViewNode } from "./view-graph.ts"

const route = getRouteApi("/lineage")

/** Groups are collapsed above this number of assets. */
const maxOpenAssets = 60

type Search = Readonly<
  Partial<
    Record<
      "selection" | "focus" | "hops" | "open" | "view" | "lens" | "direction" | "selected" | "path",
      string
    >
  >
>

/** The view of the graph, stored in the address, and the actions that change it. */
export interface LineageView {
  readonly open: ReadonlySet<string>
  readonly focus: string | undefined
  readonly hops: number
  readonly selection: string | undefined
  readonly isTable: boolean
  readonly lens: LensName
  /** The direction of reads; undefined unless a visitor chose it. */
  readonly direction: Direction | undefined
  readonly selected: string | undefined
  /** The other end, when the path between two assets is shown. */
  readonly pathEnd: string | undefined
  readonly change: (search: Readonly<Record<string, string | undefined>>) => void
  readonly select: (id: string, isPath: boolean) => void
  readonly showPath: (id: string | undefined) => void
  readonly clear: () => void
  readonly toggle: (group: string) => void
  readonly focusOn: (name: string) => void
  readonly openAsset: (name: string) => void
  readonly openNode: (node: ViewNode) => void
}

/** Reads the view from the address. */
export function useLineageView(lineage: LineageDocument): LineageView {
  const search = route.useSearch()
  const navigate = useNavigate()
  const open = useMemo(() => listOpenGroups(lineage, search), [lineage, search])
  const actions = createActions({ lineage, search, open }, (next, isStep) => {
    void navigate({ to: "/lineage", search: next, replace: !isStep })
  })
  const openAsset = (name: string) =>
    void navigate({ to: "/assets/$asset", params: { asset: name } })
  return {
    open,
    focus: search.focus,
    hops: Math.max(1, Math.min(9, Number(search.hops ?? "1") || 1)),
    selection: search.selection,
    isTable: search.view === "table",
    lens: parseLens(search.lens),
    direction: parseDirection(search.direction),
    selected: search.selected ?? search.focus,
    pathEnd: search.path,
    ...actions,
    openAsset,
    openNode: ({ kind, name }) => (kind === "group" ? actions.toggle(name) : openAsset(name)),
  }
}

interface ViewSource {
  readonly lineage: LineageDocument
  readonly search: Search
  readonly open: ReadonlySet<string>
}

/** Creates the actions that change the address. A choice of a card replaces the address; everything else is a step back in the history. */
function createActions(
  { lineage, search, open }: ViewSource,
  goTo: (search: Search, isStep: boolean) => void,
) {
  const merge = (changes: Readonly<Record<string, string | undefined>>): Search =>
    Object.fromEntries(
      Object.entries({ ...search, ...changes }).filter(([, value]) => value !== undefined),
    )
  const change: LineageView["change"] = (changes) => goTo(merge(changes), true)
  const groupsByName = new Map(lineage.nodes.map(({ name, group }) => [name, group]))
  const select = (id: string, isPath: boolean) => {
    const selected = search.selected ?? search.focus
    if (isPath && selected !== undefined) return change({ selected, path: id })
    const group = groupsByName.get(id)
    const isHidden = group !== undefined && !open.has(group) && search.focus === undefined
    const openChange = isHidden ? { open: formatOpenGroups([...open, group]) } : {}
    goTo(merge({ selected: id, path: undefined, ...openChange }), false)
  }
  const toggle = (group: string) => {
    const groups = new Set(open)
    const isCollapsed = groups.delete(group)
    if (!isCollapsed) groups.add(group)
    const isHidden = isCollapsed && groupsByName.get(search.selected ?? "") === group
    const selectedChange = isHidden ? { selected: undefined, path: undefined } : {}
    change({
      open: formatOpenGroups(groups),
      focus: undefined,
      selection: undefined,
      ...selectedChange,
    })
  }
  return {
    change,
    select,
    toggle,
    showPath: (id: string | undefined) =>
      change({ selected: search.selected ?? search.focus, path: id }),
    clear: () => goTo(merge({ selected: undefined, path: undefined }), false),
    focusOn: (name: string) =>
      change({ focus: name, selected: undefined, path: undefined, selection: undefined }),
  }
}

function parseDirection(text: string | undefined): Direction | undefined {
  if (text === "right") return "LR"
  return text === "down" ? "TB" : undefined
}

/** The text of an address in which no group is open; an empty parameter is none. */
const noGroups = "-"

/** Formats the open groups for an address. */
export function formatOpenGroups(groups: Iterable<string>): string {
  const names = [...groups]
  return names.length === 0 ? noGroups : names.join(",")
}

/** Lists the groups of the address; else all of a small project, and those of the selected assets of a large one. */
function listOpenGroups(
  { nodes }: LineageDocument,
  { open, selected, path }: Search,
): ReadonlySet<string> {
  if (open !== undefined) return new Set(open.split(",").filter((group) => group !== noGroups))
  const isSmall = nodes.length <= maxOpenAssets
  const names = new Set([selected, path])
  return new Set(nodes.filter(({ name }) => isSmall || names.has(name)).map(({ group }) => group))
}

import { getRouteApi, useNavigate } from "@tanstack/react-router"
import { useReactFlow } from "@xyflow/react"
import { useMemo, useState } from "react"

import type { LineageDocument } from "../../api/documents.ts"
import { useKeys } from "../../shell/keys.ts"
import type { ViewNode } from "./view-graph.ts"

const route = getRouteApi("/lineage")

/** Groups are collapsed above this number of assets. */
const maxOpenAssets = 60

/** The view of the graph, stored in the address, and the actions that change it. */
export interface LineageView {
  readonly open: ReadonlySet<string>
  readonly focus: string | undefined
  readonly hops: number
  readonly selection: string | undefined
  readonly isTable: boolean
  readonly selected: string | undefined
  readonly pathEnd: string | undefined
  readonly change: (search: Readonly<Record<string, string | undefined>>) => void
  readonly select: (id: string, isPath: boolean) => void
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
  const [selected, setSelected] = useState<string | undefined>(search.focus)
  const [pathEnd, setPathEnd] = useState<string>()
  const open = useMemo(() => listOpenGroups(lineage, search.open), [lineage, search.open])
  const change: LineageView["change"] = (changes) => {
    const entries = Object.entries({ ...search, ...changes }).filter(
      ([, value]) => value !== undefined,
    )
    void navigate({ to: "/lineage", search: Object.fromEntries(entries) })
  }
  const groupsByName = new Map(lineage.nodes.map(({ name, group }) => [name, group]))
  const openText = (groups: Iterable<string>) => [...groups].join(",")
  const toggle = (group: string) => {
    const groups = new Set(open)
    if (!groups.delete(group)) groups.add(group)
    change({ open: openText(groups), focus: undefined, selection: undefined })
  }
  const openAsset = (name: string) =>
    void navigate({ to: "/assets/$asset", params: { asset: name } })
  return {
    open,
    focus: search.focus,
    hops: Math.max(1, Math.min(9, Number(search.hops ?? "1") || 1)),
    selection: search.selection,
    isTable: search.view === "table",
    selected,
    pathEnd,
    change,
    select: (id, isPath) => {
      if (isPath && selected !== undefined) return setPathEnd(id)
      setSelected(id)
      setPathEnd(undefined)
      const group = groupsByName.get(id)
      const isHidden = group !== undefined && !open.has(group)
      if (isHidden && search.focus === undefined) change({ open: openText([...open, group]) })
    },
    clear: () => {
      setSelected(undefined)
      setPathEnd(undefined)
    },
    toggle,
    focusOn: (name) => {
      setSelected(name)
      change({ focus: name, selection: undefined })
    },
    openAsset,
    openNode: ({ kind, name }) => (kind === "group" ? toggle(name) : openAsset(name)),
  }
}

function listOpenGroups({ nodes }: LineageDocument, text: string | undefined): ReadonlySet<string> {
  if (text !== undefined) return new Set(text.split(",").filter((group) => group !== ""))
  return new Set(nodes.length <= maxOpenAssets ? nodes.map(({ group }) => group) : [])
}

/** Listens to the keys of the graph. */
export function useLineageKeys(view: LineageView): void {
  const { fitView } = useReactFlow()
  const { selected, focus, hops } = view
  useKeys({
    "0": () => void fitView({ padding: 0.06, maxZoom: 1.1 }),
    Escape: () =>
      selected === undefined
        ? view.change({ focus: undefined, selection: undefined })
        : view.clear(),
    f: () => selected !== undefined && view.focusOn(selected),
    Enter: () => selected !== undefined && view.openAsset(selected),
    "+": () => focus !== undefined && view.change({ hops: String(hops + 1) }),
    "-": () => focus !== undefined && view.change({ hops: String(Math.max(1, hops - 1)) }),
    v: () => view.change({ view: view.isTable ? undefined : "table" }),
  })
}

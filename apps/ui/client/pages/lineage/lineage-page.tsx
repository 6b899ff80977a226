import { ReactFlowProvider } from "@xyflow/react"
import { useMemo } from "react"

import type { LineageDocument, StatusDocument } from "../../api/documents.ts"
import { toProblems } from "../../api/fetch-document.ts"
import { formatPath, useDocument } from "../../api/use-document.ts"
import { getShownState } from "../../asset-state.ts"
import { Problems, Skeleton } from "../../ui/layout.tsx"
import { useTitle } from "../use-title.ts"
import { GraphCanvas } from "./graph-canvas.tsx"
import { LineageBar } from "./lineage-bar.tsx"
import { LineageDrawer } from "./lineage-drawer.tsx"
import { selectVisible } from "./lineage-export.ts"
import { LineageFoot } from "./lineage-foot.tsx"
import { useLineageKeys } from "./lineage-keys.ts"
import { LineagePath } from "./lineage-path.tsx"
import { LineageTable } from "./lineage-table.tsx"
import { LineageTree } from "./lineage-tree.tsx"
import { type LineageView, useLineageView } from "./lineage-view.ts"
import { useLayout } from "./use-layout.ts"
import { buildViewGraph } from "./view-graph.ts"

import classes from "./lineage.module.css"

/** Shows the reads between assets: groups first, one asset with its neighbours, or a selection. */
export function LineagePage() {
  useTitle("Lineage")
  const { data: lineage, error } = useDocument<LineageDocument>("/api/lineage")
  const { data: status } = useDocument<StatusDocument>("/api/status")
  if (lineage === undefined || status === undefined)
    return error === null ? <Skeleton /> : <Problems problems={toProblems(error)} />
  return (
    <ReactFlowProvider>
      <LoadedLineage lineage={lineage} status={status} />
    </ReactFlowProvider>
  )
}

interface LoadedLineageProps {
  readonly lineage: LineageDocument
  readonly status: StatusDocument
}

function LoadedLineage({ lineage, status }: LoadedLineageProps) {
  const view = useLineageView(lineage)
  const visible = useVisibleGraph(lineage, status, view)
  const { graph, layout, direction, error } = visible
  const groups = useMemo(
    () => new Map(lineage.nodes.map(({ name, group }) => [name, group])),
    [lineage],
  )
  useLineageKeys(view, { layout, direction, groups })
  return (
    <div className={classes["page"]}>
      <LineageBar
        view={view}
        lineage={lineage}
        problems={error === null ? [] : toProblems(error)}
      />
      <LineagePath view={view} edges={lineage.edges} />
      <LineageWork view={view} lineage={lineage} visible={visible} />
      <LineageFoot
        view={view}
        lineage={lineage}
        graph={graph}
        layout={layout}
        direction={direction}
      />
    </div>
  )
}

interface LineageWorkProps {
  readonly view: LineageView
  readonly lineage: LineageDocument
  readonly visible: ReturnType<typeof useVisibleGraph>
}

/** The tree, the graph or the table, and the selected asset. */
function LineageWork({ view, lineage, visible }: LineageWorkProps) {
  const { assets, states, graph, layout, direction } = visible
  const asset = assets.get(view.selected ?? "")
  const select = (name: string) => view.select(name, false)
  return (
    <div className={classes["work"]}>
      <LineageTree
        lineage={lineage}
        states={states}
        open={view.open}
        selected={view.selected}
        onToggle={view.toggle}
        onSelect={select}
        onOpen={view.openAsset}
      />
      {view.isTable ? (
        <LineageTable lineage={selectVisible(lineage, graph)} assets={assets} lens={view.lens} />
      ) : (
        <div className={classes["canvas"]}>
          {layout === undefined ? null : (
            <GraphCanvas
              graph={graph}
              layout={layout}
              direction={direction}
              selected={view.selected}
              center={view.focus}
              pathEnd={view.pathEnd}
              onSelect={view.select}
              onOpen={view.openNode}
              onCollapse={view.toggle}
            />
          )}
        </div>
      )}
      {asset === undefined ? null : (
        <LineageDrawer
          asset={asset}
          lineage={lineage}
          states={states}
          onSelect={select}
          onFocus={view.focusOn}
          pathEnd={view.pathEnd}
          onPath={view.showPath}
          onClose={view.clear}
        />
      )}
    </div>
  )
}

/** Builds and places the part of the graph that the view shows. */
function useVisibleGraph(lineage: LineageDocument, status: StatusDocument, view: LineageView) {
  const { selection, focus, hops, lens } = view
  const { data: selectedPart, error } = useDocument<StatusDocument>(
    formatPath("/api/status", { selection }),
    { enabled: selection !== undefined },
  )
  const assets = useMemo(() => new Map(status.assets.map((asset) => [asset.name, asset])), [status])
  const states = useMemo(
    () => new Map(status.assets.map((asset) => [asset.name, getShownState(asset)])),
    [status],
  )
  const graph = useMemo(
    () =>
      buildViewGraph(lineage, assets, {
        open: view.open,
        lens,
        focus: focus === undefined ? undefined : { name: focus, hops },
        selection:
          selection === undefined || selectedPart === undefined
            ? undefined
            : new Set(selectedPart.assets.map(({ name }) => name)),
      }),
    [lineage, assets, view.open, lens, focus, hops, selection, selectedPart],
  )
  const isPath = focus !== undefined || selection !== undefined || graph.groups.length === 0
  const direction = view.direction ?? (isPath ? "LR" : "TB")
  const layout = useLayout(graph, direction)
  return { assets, states, graph, layout, direction, error } as const
}

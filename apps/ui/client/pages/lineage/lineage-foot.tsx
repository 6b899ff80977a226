import { useReactFlow } from "@xyflow/react"

import type { LineageDocument } from "../../api/documents.ts"
import { saveFile } from "../../save-file.ts"
import { Button, Key } from "../../ui/controls.tsx"
import type { Direction, GraphLayout } from "./layout-graph.ts"
import { LensWord } from "./lens-mark.tsx"
import { getLensTitle, listCategories } from "./lenses.ts"
import { formatLineageJson, formatLineageMermaid, selectVisible } from "./lineage-export.ts"
import { formatLineageSvg } from "./lineage-svg.ts"
import type { LineageView } from "./lineage-view.ts"
import { readSvgColors } from "./svg-colors.ts"
import type { ViewGraph } from "./view-graph.ts"

import classes from "./lineage.module.css"

interface LineageFootProps {
  readonly view: LineageView
  readonly lineage: LineageDocument
  readonly graph: ViewGraph
  /** Undefined until the graph is placed. */
  readonly layout: GraphLayout | undefined
  readonly direction: Direction
}

/** The legend of the lens, the exports, the direction and the zoom. */
export function LineageFoot(props: LineageFootProps) {
  const { view, direction } = props
  const { zoomIn, zoomOut, fitView } = useReactFlow()
  const isDown = direction === "TB"
  return (
    <div className={classes["foot"]}>
      <span
        className={classes["legend"]}
        role="group"
        aria-label={`Lens ${getLensTitle(view.lens)}`}
      >
        {listCategories(view.lens).map((category) => (
          <LensWord key={category.tone} category={category} />
        ))}
      </span>
      <span className="row push">
        <ExportButtons {...props} />
        <Button
          aria-label={`Direction: ${isDown ? "down" : "right"}`}
          onClick={() => view.change({ direction: isDown ? "right" : "down" })}
        >
          {isDown ? "Down" : "Right"} <Key>o</Key>
        </Button>
        <Button aria-label="Zoom out" onClick={() => void zoomOut()}>
          −
        </Button>
        <Button aria-label="Zoom in" onClick={() => void zoomIn()}>
          +
        </Button>
        <Button onClick={() => void fitView({ padding: 0.06, maxZoom: 1.1 })}>
          Fit <Key>0</Key>
        </Button>
      </span>
    </div>
  )
}

function ExportButtons({ lineage, graph, layout, direction }: LineageFootProps) {
  const visible = () => selectVisible(lineage, graph)
  const saveSvg = (placed: GraphLayout) =>
    saveFile(
      "lineage.svg",
      "image/svg+xml",
      formatLineageSvg(graph, placed, { direction, colors: readSvgColors() }),
    )
  return (
    <span className="row" role="group" aria-label="Export">
      <span className="quiet">Export</span>
      <Button disabled={layout === undefined} onClick={() => layout && saveSvg(layout)}>
        SVG
      </Button>
      <Button
        onClick={() => saveFile("lineage.mmd", "text/plain", formatLineageMermaid(visible()))}
      >
        Mermaid
      </Button>
      <Button
        onClick={() => saveFile("lineage.json", "application/json", formatLineageJson(visible()))}
      >
        JSON
      </Button>
    </span>
  )
}

import { type Direction, type LayoutCache, layoutGraph } from "./layout-graph.ts"
import type { ViewGraph } from "./view-graph.ts"

interface LayoutRequest {
  readonly key: string
  readonly graph: ViewGraph
  readonly direction: Direction
}

const cache: LayoutCache = new Map()

addEventListener("message", ({ data }: MessageEvent<LayoutRequest>) => {
  postMessage({ key: data.key, layout: layoutGraph(data.graph, data.direction, cache) })
})

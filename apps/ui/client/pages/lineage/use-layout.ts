import { useEffect, useState } from "react"

import type { Direction, GraphLayout } from "./layout-graph.ts"
import type { ViewGraph } from "./view-graph.ts"

interface LayoutAnswer {
  readonly key: string
  readonly layout: GraphLayout
}

const layouts = new Map<string, GraphLayout>()
const retainedCount = 50
let worker: Worker | undefined

function getWorker(): Worker {
  worker ??= new Worker(new URL("layout-worker.ts", import.meta.url), { type: "module" })
  return worker
}

/** Places a graph in a worker. Only names and edges count, so that a changed state moves nothing. Undefined until the graph is placed. */
export function useLayout(graph: ViewGraph, direction: Direction): GraphLayout | undefined {
  const [, setShownKey] = useState("")
  const key = createKey(graph, direction)
  useEffect(() => {
    if (layouts.has(key)) return
    const listen = ({ data }: MessageEvent<LayoutAnswer>) => {
      layouts.set(data.key, data.layout)
      const [oldest] = layouts.keys()
      if (layouts.size > retainedCount && oldest !== undefined) layouts.delete(oldest)
      setShownKey(data.key)
    }
    getWorker().addEventListener("message", listen)
    getWorker().postMessage({ key, graph, direction }, [])
    return () => getWorker().removeEventListener("message", listen)
    // The key stands for the graph.
  }, [key])
  return layouts.get(key)
}

function createKey({ nodes, edges, groups, lens }: ViewGraph, direction: Direction): string {
  const nodeTexts = nodes.map(({ id, kind, detail }) => (kind === "group" ? `${id} ${detail}` : id))
  return JSON.stringify([
    direction,
    lens,
    nodeTexts,
    edges.map(({ id }) => id),
    groups.map(({ name }) => name),
  ])
}

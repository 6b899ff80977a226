import { useEffect, useRef, useState } from "react"
import uPlot from "uplot"

import { readChartColors, watchTheme } from "./chart-colors.ts"
import { createChartOptions, toChartData } from "./chart-options.ts"
import type { StockBar, TimeRange } from "./stock-bars.ts"

import "uplot/dist/uPlot.min.css"
import classes from "./stocks.module.css"

interface StockChartProps {
  readonly bars: readonly StockBar[]
  readonly range: TimeRange
  readonly pickedBar: StockBar | undefined
  /** The content in words, for those who do not see the chart. */
  readonly label: string
  readonly onPick: (bar: StockBar) => void
  readonly onSelect: (range: TimeRange) => void
}

/** Draws prices over stacked bars. A click picks a bar, and a movement over the chart selects a range. */
export function StockChart(props: StockChartProps) {
  const { bars, range, pickedBar, label } = props
  const element = useRef<HTMLDivElement>(null)
  const chart = useRef<uPlot>(null)
  const latest = useRef(props)
  latest.current = props
  const width = useWidth(element)
  const themeChanges = useThemeChanges()
  useEffect(() => {
    if (element.current === null || width === 0) return
    const options = createChartOptions({
      width,
      range,
      colors: readChartColors(),
      getPickedBar: () => latest.current.pickedBar,
      onSelect: (selected) => latest.current.onSelect(selected),
    })
    const created = new uPlot(options, toChartData(bars), element.current)
    created.over.addEventListener("click", () => pickBar(created, latest.current))
    chart.current = created
    return () => created.destroy()
  }, [bars, range, width, themeChanges])
  useEffect(() => chart.current?.redraw(), [pickedBar])
  return <div ref={element} className={classes["charts"]} role="img" aria-label={label} />
}

/** Picks the bar under the pointer. */
function pickBar(chart: uPlot, { bars, onPick }: StockChartProps): void {
  if (chart.select.width > 0) return
  const instantMs = chart.posToVal(chart.cursor.left ?? 0, "x") * 1000
  const bar = bars.find(({ startMs, endMs }) => startMs <= instantMs && instantMs < endMs)
  if (bar !== undefined) onPick(bar)
}

/** Measures the width of an element, and again after each change. */
function useWidth(element: { readonly current: HTMLElement | null }): number {
  const [width, setWidth] = useState(0)
  useEffect(() => {
    if (element.current === null) return
    const observer = new ResizeObserver(([entry]) =>
      setWidth(Math.floor(entry?.contentRect.width ?? 0)),
    )
    observer.observe(element.current)
    return () => observer.disconnect()
  }, [element])
  return width
}

function useThemeChanges(): number {
  const [changes, setChanges] = useState(0)
  useEffect(() => watchTheme(() => setChanges((count) => count + 1)), [])
  return changes
}

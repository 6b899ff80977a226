import uPlot from "uplot"

import { type ChartColors, createHatch } from "./chart-colors.ts"
import { formatDay, formatTimeOfDay } from "./new-york-time.ts"
import { countTweets, type StockBar, type TimeRange } from "./stock-bars.ts"

/** The input of a chart. */
export interface ChartInput {
  readonly width: number
  readonly range: TimeRange
  readonly colors: ChartColors
  readonly getPickedBar: () => StockBar | undefined
  readonly onSelect: (range: TimeRange) => void
}

const height = 360
// oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- the enum is in the types only
const rightSide: uPlot.Axis.Side = 1
const noLines = { show: false }
const axisFont = "12px sans-serif"
/** The smallest selection in pixels; a shorter movement of the pointer is a click. */
const smallestSelection = 6

/** Converts bars to the series of the chart: the middles of the bars in seconds, the sums of the stack from the top down, and the prices. */
export function toChartData(bars: readonly StockBar[]): uPlot.AlignedData {
  const last = bars.at(-1)
  // the chart computes the width of bars from the shortest distance; a bar without value follows the last one
  const next = last === undefined ? [] : [(3 * last.endMs - last.startMs) / 2000]
  const append = (values: (number | null)[]) => (last === undefined ? values : [...values, null])
  return [
    [...bars.map(({ startMs, endMs }) => (startMs + endMs) / 2000), ...next],
    append(bars.map(countTweets)),
    append(bars.map(({ positive, neutral }) => positive + neutral)),
    append(bars.map(({ positive }) => positive)),
    append(bars.map(({ price }) => price)),
  ]
}

/** Builds the chart: stacked bars in the lower half, the line of prices above them. */
export function createChartOptions(input: ChartInput): uPlot.Options {
  const { width, colors, range } = input
  const grid = { stroke: colors.line, width: 1 }
  const axis = { stroke: colors.text, font: axisFont, ticks: grid, grid }
  return {
    width,
    height,
    padding: [8, 0, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: true, y: false, setScale: false } },
    scales: {
      x: { time: true, range: () => [range.startMs / 1000, range.endMs / 1000] },
      tweets: { range: (_, __, most) => [0, 2 * Math.max(1, most)] },
      price: { range: (_, least, most) => getPriceRange(least, most) },
    },
    axes: [
      { ...axis, values: (_, splits) => formatSplits(splits) },
      { ...axis, scale: "price", size: 64, grid: noLines, ticks: noLines, values: formatPrices },
      { ...axis, scale: "tweets", side: rightSide, size: 48, values: formatCounts },
    ],
    series: createSeries(colors),
    hooks: {
      setSelect: [(chart) => selectRange(chart, input)],
      draw: [(chart) => outlineBar(chart, input)],
    },
  }
}

function createSeries(colors: ChartColors): uPlot.Series[] {
  const paths = uPlot.paths.bars?.({ size: [0.9, 60], gap: 1 })
  const bars = { scale: "tweets", width: 0, points: { show: false }, ...(paths && { paths }) }
  return [
    {},
    { ...bars, label: "negative", fill: ({ ctx }) => createHatch(ctx, colors) },
    { ...bars, label: "neutral", fill: colors.neutral },
    { ...bars, label: "positive", fill: colors.positive },
    {
      label: "price",
      scale: "price",
      stroke: colors.price,
      points: { fill: colors.price },
      width: 1.5,
      spanGaps: true,
    },
  ]
}

/** Extends the range of prices downwards, so that the line is in the upper half. */
function getPriceRange(least: number | null, most: number | null): [number, number] {
  if (least === null || most === null) return [0, 1]
  const margin = Math.max((most - least) / 10, most / 1000)
  return [least - margin - (most - least + 2 * margin), most + margin]
}

/** The time of each tick in New York, with the day where it begins. */
function formatSplits(splits: readonly number[]): string[] {
  return splits.map((seconds, at) => {
    const day = formatDay(seconds * 1000)
    const time = formatTimeOfDay(seconds * 1000)
    const isFirst = at === 0 || formatDay((splits[at - 1] ?? 0) * 1000) !== day
    if (!isFirst) return time
    return time === "00:00" ? day.slice(5) : `${time}\n${day.slice(5)}`
  })
}

function formatPrices({ data }: uPlot, splits: readonly number[]): string[] {
  const least = Math.min(...listValues(data[4]))
  return splits.map((price) => (price < least * 0.999 ? "" : `$${price.toFixed(2)}`))
}

function formatCounts({ data }: uPlot, splits: readonly number[]): string[] {
  const most = Math.max(1, ...listValues(data[1]))
  return splits.map((count) => (count <= most && Number.isInteger(count) ? String(count) : ""))
}

function listValues(series: uPlot.AlignedData[number] | undefined): readonly number[] {
  return Array.from(series ?? []).filter((value) => typeof value === "number")
}

/** Reports the range that the pointer selected. */
function selectRange(chart: uPlot, { onSelect }: ChartInput): void {
  const { left, width } = chart.select
  if (width < smallestSelection) return
  onSelect({
    startMs: chart.posToVal(left, "x") * 1000,
    endMs: chart.posToVal(left + width, "x") * 1000,
  })
}

/** Draws a frame around the picked bar. */
function outlineBar(chart: uPlot, { getPickedBar, colors, range }: ChartInput): void {
  const bar = getPickedBar()
  if (bar === undefined || bar.endMs <= range.startMs || bar.startMs >= range.endMs) return
  const left = chart.valToPos(bar.startMs / 1000, "x", true)
  const right = chart.valToPos(bar.endMs / 1000, "x", true)
  const { ctx, bbox } = chart
  ctx.save()
  ctx.strokeStyle = colors.picked
  ctx.lineWidth = devicePixelRatio
  ctx.strokeRect(left, bbox.top, Math.max(2, right - left), bbox.height)
  ctx.restore()
}

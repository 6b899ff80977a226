import { formatCount } from "@freshet/core/engine"
import { getRouteApi, useNavigate } from "@tanstack/react-router"
import { useMemo } from "react"

import { toProblems } from "../../api/fetch-document.ts"
import { countDaysBetween } from "../../days.ts"
import { useKeys } from "../../shell/keys.ts"
import { getButtonClass } from "../../ui/controls.tsx"
import { Empty, Problems, Skeleton } from "../../ui/layout.tsx"
import { useTitle } from "../use-title.ts"
import { BarTable } from "./bar-table.tsx"
import { BarTweets } from "./bar-tweets.tsx"
import {
  alignRange,
  chooseBarLength,
  countTweets,
  findBarLength,
  formatPrice,
  getRange,
  scaleRange,
  type StockBar,
  type TimeRange,
} from "./stock-bars.ts"
import { StockChart } from "./stock-chart.tsx"
import { type Search, StocksOptions } from "./stocks-options.tsx"
import { type LoadedBars, type Ticker, useBars, useTickers } from "./use-stocks.ts"

import classes from "./stocks.module.css"

const route = getRouteApi("/stocks")
const dayMs = 86_400_000

/** Shows the price of a share over the sentiments of the tweets that name it. */
export function StocksPage() {
  useTitle("Stocks")
  const search: Search = route.useSearch()
  const { tickers, error } = useTickers()
  if (tickers === undefined)
    return error === null ? <Skeleton /> : <Problems problems={toProblems(error)} />
  const ticker = tickers.find(({ id }) => id === search.ticker) ?? tickers[0]
  if (ticker === undefined)
    return (
      <Empty isPage title="No stocks yet.">
        <p className="quiet">The asset tweets_sentiments_minute_sum is not materialized.</p>
      </Empty>
    )
  return <TickerView tickers={tickers} ticker={ticker} search={search} />
}

interface TickerViewProps {
  readonly tickers: readonly Ticker[]
  readonly ticker: Ticker
  readonly search: Search
}

function TickerView({ tickers, ticker, search }: TickerViewProps) {
  const firstDay = search.from ?? ticker.firstDay
  const lastDay = search.to ?? ticker.lastDay
  const zoom = readZoom(search)
  const length = findBarLength(search.length) ?? chooseBarLength(measure(firstDay, lastDay, zoom))
  const request = { ticker: ticker.id, firstDay, lastDay, zoom, length }
  const { loaded, error, isEarlier } = useBars(request)
  const onChange = useSearchChange(search)
  const options = { tickers, ticker, firstDay, lastDay, zoom, length, onChange }
  return (
    <>
      <h1 className={classes["title"]}>
        {formatTitle(ticker, isEarlier ? [] : (loaded?.bars ?? []))}
      </h1>
      <StocksOptions {...options} />
      {error === null ? null : <Problems problems={toProblems(error)} />}
      {loaded === undefined ? (
        <Skeleton />
      ) : (
        <div aria-busy={isEarlier || undefined}>
          <LoadedView ticker={ticker} search={search} loaded={loaded} onChange={onChange} />
        </div>
      )}
    </>
  )
}

/** Reads the zoom of an address; undefined without one. */
function readZoom({ start, end }: Search): TimeRange | undefined {
  const [startMs, endMs] = [Date.parse(start ?? ""), Date.parse(end ?? "")]
  return startMs < endMs ? { startMs, endMs } : undefined
}

/** Measures the shown range. */
function measure(
  firstDay: string | undefined,
  lastDay: string | undefined,
  zoom: TimeRange | undefined,
): number {
  if (zoom !== undefined) return zoom.endMs - zoom.startMs
  if (firstDay === undefined || lastDay === undefined) return dayMs
  return (countDaysBetween(firstDay, lastDay) + 1) * dayMs
}

/** Returns a function that changes parameters of the address. */
function useSearchChange(search: Search): (changes: Search) => void {
  const navigate = useNavigate()
  return (changes) => {
    const entries = Object.entries({ ...search, ...changes }).filter(
      ([, value]) => value !== undefined,
    )
    void navigate({ to: "/stocks", search: Object.fromEntries(entries), resetScroll: false })
  }
}

/** Formats the answer of the page: how many tweets name the ticker, and how many of them are positive. */
function formatTitle({ id }: Ticker, bars: readonly StockBar[]): string {
  const tweets = bars.reduce((sum, bar) => sum + countTweets(bar), 0)
  if (tweets === 0) return id
  const positive = bars.reduce((sum, bar) => sum + bar.positive, 0)
  const share = Math.round((100 * positive) / tweets)
  return `${formatCount(tweets)} tweets about ${id}, ${share} % positive`
}

interface LoadedViewProps {
  readonly ticker: Ticker
  readonly search: Search
  readonly loaded: LoadedBars
  readonly onChange: (changes: Search) => void
}

function LoadedView({ ticker, search, loaded: { bars, hasMore }, onChange }: LoadedViewProps) {
  const range = useMemo(() => readZoom(search) ?? getRange(bars), [bars, search.start, search.end])
  const pickedBar = bars.find(({ startMs }) => toIso(startMs) === search.bar)
  const pick = (bar: StockBar | undefined) => bar && onChange({ bar: toIso(bar.startMs) })
  const zoomTo = (selected: TimeRange) => {
    const { startMs, endMs } = alignRange(selected)
    onChange({ start: toIso(startMs), end: toIso(endMs), length: undefined, bar: undefined })
  }
  useBarKeys({ bars, range, pickedBar, pick, zoomTo, onChange })
  if (range === undefined || bars.length === 0)
    return <Empty title={`No tweet names ${ticker.id} in this time.`} />
  const showsTable = search.view === "table"
  return (
    <>
      {showsTable ? (
        <BarTable bars={bars} pickedBar={pickedBar} onPick={pick} />
      ) : (
        <StockChart
          bars={bars}
          range={range}
          pickedBar={pickedBar}
          label={formatChart(ticker, bars)}
          onPick={pick}
          onSelect={zoomTo}
        />
      )}
      <Legend showsTable={showsTable} onChange={onChange} />
      {hasMore ? (
        <p className="quiet">The range has more bars than are shown. Choose longer bars.</p>
      ) : null}
      {pickedBar === undefined ? (
        <p className="quiet">Pick a bar to see its tweets.</p>
      ) : (
        <BarTweets ticker={ticker.id} bar={pickedBar} />
      )}
    </>
  )
}

function toIso(instantMs: number): string {
  return new Date(instantMs).toISOString()
}

/** Describes the chart in words. */
function formatChart({ id }: Ticker, bars: readonly StockBar[]): string {
  const prices = bars.flatMap(({ price }) => price ?? [])
  const priceText =
    prices.length === 0
      ? "no quotes"
      : `price from ${formatPrice(prices[0] ?? null)} to ${formatPrice(prices.at(-1) ?? null)}`
  return `${id}: ${priceText}, over ${formatCount(bars.length)} bars of tweets by sentiment`
}

interface BarKeys {
  readonly bars: readonly StockBar[]
  readonly range: TimeRange | undefined
  readonly pickedBar: StockBar | undefined
  readonly pick: (bar: StockBar | undefined) => void
  readonly zoomTo: (range: TimeRange) => void
  readonly onChange: (changes: Search) => void
}

/** Moves between bars and zooms around the picked one by keys. */
function useBarKeys({ bars, range, pickedBar, pick, zoomTo, onChange }: BarKeys): void {
  const move = (steps: number) => {
    const at = pickedBar === undefined ? -1 : bars.indexOf(pickedBar)
    pick(bars[Math.max(0, Math.min(bars.length - 1, at + steps))])
  }
  const zoom = (factor: number) => {
    if (range === undefined) return
    const center = pickedBar ?? range
    zoomTo(scaleRange(range, { centerMs: (center.startMs + center.endMs) / 2, factor }))
  }
  useKeys({
    ArrowRight: () => move(1),
    ArrowLeft: () => move(-1),
    Home: () => pick(bars[0]),
    End: () => pick(bars.at(-1)),
    "+": () => zoom(0.5),
    "-": () => zoom(2),
    "0": () => onChange({ start: undefined, end: undefined, length: undefined, bar: undefined }),
  })
}

/** Names the parts of the chart, and switches to the table. */
function Legend({
  showsTable,
  onChange,
}: {
  readonly showsTable: boolean
  readonly onChange: (changes: Search) => void
}) {
  return (
    <p className={classes["legend"]}>
      {["price", "positive", "neutral", "negative"].map((part) => (
        <span key={part}>
          <i data-part={part} />
          {part}
        </span>
      ))}
      <span className="quiet">Times are those of New York.</span>
      <button
        type="button"
        className={`push ${getButtonClass()}`}
        onClick={() => onChange({ view: showsTable ? undefined : "table" })}
      >
        {showsTable ? "Chart" : "Table"}
      </button>
    </p>
  )
}

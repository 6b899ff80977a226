import { Button, Field, inputClass, Key } from "../../ui/controls.tsx"
import { type BarLength, barLengths, formatRange, type TimeRange } from "./stock-bars.ts"
import type { Ticker } from "./use-stocks.ts"

import classes from "./stocks.module.css"

/** The parameters of the page's address. */
export type Search = Readonly<
  Partial<
    Record<
      "ticker" | "from" | "to" | "start" | "end" | "length" | "bar" | "view",
      string | undefined
    >
  >
>

interface StocksOptionsProps {
  readonly tickers: readonly Ticker[]
  readonly ticker: Ticker
  readonly firstDay: string | undefined
  readonly lastDay: string | undefined
  readonly zoom: TimeRange | undefined
  readonly length: BarLength
  readonly onChange: (changes: Search) => void
}

const noZoom: Search = { start: undefined, end: undefined, length: undefined, bar: undefined }

/** The choices of ticker, days and length of bars. */
export function StocksOptions(props: StocksOptionsProps) {
  const { tickers, ticker, zoom, length, onChange } = props
  return (
    <form className={classes["options"]} onSubmit={(event) => event.preventDefault()}>
      <Field label="Ticker">
        <select
          className={inputClass}
          value={ticker.id}
          onChange={({ target }) => onChange({ ticker: target.value, bar: undefined })}
        >
          {tickers.map(({ id, name }) => (
            <option key={id} value={id}>
              {id} · {name}
            </option>
          ))}
        </select>
      </Field>
      <DayFields {...props} />
      <fieldset className={classes["lengths"]}>
        <legend>Bars of one</legend>
        {barLengths.map((entry) => (
          <Button
            key={entry.length}
            aria-pressed={entry.length === length}
            look={entry.length === length ? "normal" : "plain"}
            onClick={() => onChange({ length: entry.length, bar: undefined })}
          >
            {entry.name}
          </Button>
        ))}
      </fieldset>
      {zoom === undefined ? null : (
        <Button onClick={() => onChange(noZoom)}>Leave {formatRange(zoom)}</Button>
      )}
      <span className="push quiet not-narrow">
        <Key>←</Key> <Key>→</Key> bar <Key>+</Key> <Key>−</Key> zoom <Key>0</Key> all
      </span>
    </form>
  )
}

/** The first and the last day of New York. */
function DayFields({ ticker, firstDay, lastDay, onChange }: StocksOptionsProps) {
  const shared = { className: inputClass, type: "date", min: ticker.firstDay, max: ticker.lastDay }
  return (
    <>
      <Field label="From">
        <input
          {...shared}
          value={firstDay ?? ""}
          onChange={({ target }) => onChange({ ...noZoom, from: target.value || undefined })}
        />
      </Field>
      <Field label="To">
        <input
          {...shared}
          value={lastDay ?? ""}
          onChange={({ target }) => onChange({ ...noZoom, to: target.value || undefined })}
        />
      </Field>
    </>
  )
}

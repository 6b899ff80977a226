import { formatCount } from "@freshet/core/engine"

import { Button } from "../../ui/controls.tsx"
import { type Column, Table } from "../../ui/table.tsx"
import { countTweets, formatPrice, formatRange, type StockBar } from "./stock-bars.ts"

interface BarTableProps {
  readonly bars: readonly StockBar[]
  readonly pickedBar: StockBar | undefined
  readonly onPick: (bar: StockBar) => void
}

/** Shows the bars as a table with exact values. */
export function BarTable({ bars, pickedBar, onPick }: BarTableProps) {
  const columns: readonly Column<StockBar>[] = [
    {
      head: "Time in New York",
      className: "nowrap",
      cell: (bar) => (
        <Button look="plain" aria-pressed={bar === pickedBar} onClick={() => onPick(bar)}>
          {formatRange(bar)}
        </Button>
      ),
    },
    createCountColumn("Positive", ({ positive }) => positive),
    createCountColumn("Neutral", ({ neutral }) => neutral),
    createCountColumn("Negative", ({ negative }) => negative),
    createCountColumn("Tweets", countTweets),
    { head: "Price", className: "num", cell: ({ price }) => formatPrice(price) },
  ]
  return (
    <div className="scroll" tabIndex={0} role="region" aria-label="Bars">
      <Table columns={columns} rows={bars} getKey={({ startMs }) => String(startMs)} />
    </div>
  )
}

function createCountColumn(head: string, count: (bar: StockBar) => number): Column<StockBar> {
  return { head, className: "num", cell: (bar) => formatCount(count(bar)) }
}

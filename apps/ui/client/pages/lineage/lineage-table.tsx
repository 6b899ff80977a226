import { Link } from "@tanstack/react-router"

import type { LineageDocument } from "../../api/documents.ts"
import type { StateName } from "../../ui/state-names.ts"
import { State } from "../../ui/state.tsx"
import { type Column, Table } from "../../ui/table.tsx"

import classes from "./lineage.module.css"

type Read = LineageDocument["edges"][number]

/** Every read as a row: the graph as a table. */
export function LineageTable({
  lineage,
  states,
}: {
  readonly lineage: LineageDocument
  readonly states: ReadonlyMap<string, StateName>
}) {
  const columns: readonly Column<Read>[] = [
    ...createAssetColumns("Asset", ({ from }) => from, states),
    ...createAssetColumns("Read by", ({ to }) => to, states),
    {
      head: "Window",
      tone: "quiet",
      cell: ({ windows }) => (windows.length === 0 ? "same partition" : windows.join(", ")),
    },
  ]
  return (
    <div className={classes["table"]} tabIndex={0} role="region" aria-label="Reads">
      <Table columns={columns} rows={lineage.edges} getKey={({ from, to }) => `${from} ${to}`} />
    </div>
  )
}

function createAssetColumns(
  head: string,
  getName: (read: Read) => string,
  states: ReadonlyMap<string, StateName>,
): readonly Column<Read>[] {
  return [
    {
      head,
      tone: "strong",
      cell: (read) => (
        <Link to="/assets/$asset" params={{ asset: getName(read) }}>
          {getName(read)}
        </Link>
      ),
    },
    {
      head: "State",
      cell: (read) => <State state={states.get(getName(read)) ?? "missing"} />,
    },
  ]
}

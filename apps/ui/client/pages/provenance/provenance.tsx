import { formatCount, formatQuantity, groupBy } from "@freshet/core/engine"
import { useState } from "react"

import type { ProvenanceDocument } from "../../api/documents.ts"
import { toProblems } from "../../api/fetch-document.ts"
import { formatAssetPath, formatPath, useDocument } from "../../api/use-document.ts"
import { splitNames } from "../../format.ts"
import { Problems, Skeleton } from "../../ui/layout.tsx"
import { RowTable } from "../row-table.tsx"

import classes from "./provenance.module.css"

/** A row of a partition, by the values of its columns. */
export interface RowReference {
  readonly asset: string
  readonly partition: string
  readonly row: Readonly<Record<string, unknown>>
}

/** Unfolds the landed lines that made a row. They are searched when the section is opened. */
export function Provenance({
  reference,
  isInitiallyOpen = false,
}: {
  readonly reference: RowReference
  readonly isInitiallyOpen?: boolean
}) {
  const [isOpen, setOpen] = useState(isInitiallyOpen)
  return (
    <details
      className={classes["details"]}
      open={isOpen}
      onToggle={({ currentTarget }) => setOpen(currentTarget.open)}
    >
      <summary>Landed lines that made the row</summary>
      {isOpen ? <LoadedProvenance reference={reference} /> : null}
    </details>
  )
}

function LoadedProvenance({ reference }: { readonly reference: RowReference }) {
  const { asset, partition } = reference
  const key = JSON.stringify(listKeyWords(reference))
  const { data, error, isPlaceholderData } = useDocument<ProvenanceDocument>(
    formatPath(formatAssetPath(asset, "/provenance"), { partition, key }),
  )
  if (error !== null) return <Problems problems={toProblems(error)} />
  if (data === undefined || isPlaceholderData) return <Skeleton />
  return (
    <>
      <p className={classes["sentence"]}>{describeLines(data)}</p>
      {data.lines.length === 0 ? null : <Lines document={data} />}
      <Stops stops={data.stops} />
      <Steps steps={data.steps} />
    </>
  )
}

/** Lists the values of a row that have an exact text, as `column=value`. */
function listKeyWords({ row }: RowReference): readonly string[] {
  return Object.entries(row).flatMap(([column, value]) =>
    ["string", "number", "boolean"].includes(typeof value) ? [`${column}=${String(value)}`] : [],
  )
}

const outcomes: Readonly<Record<ProvenanceDocument["without_lines"], string>> = {
  removed: "the row is gone",
  changed: "the row changes",
  unchanged: "the row stays the same",
}

function describeLines({
  line_count: count,
  lines,
  tested_lines: tested,
  without_lines: outcome,
  stops,
}: ProvenanceDocument): string {
  if (count === 0 && stops.length > 0)
    return `The landed lines that made the row are not known; ${formatQuantity(tested, "line")} tested.`
  if (count === 0) return `No landed line made the row; ${formatQuantity(tested, "line")} tested.`
  const limitText = lines.length < count ? ` The first ${formatCount(lines.length)} are shown.` : ""
  const subject = count === 1 ? "this line" : `these ${formatQuantity(count, "line")}`
  return `Without ${subject} ${outcomes[outcome]}; ${formatQuantity(tested, "line")} tested.${limitText}`
}

const stopReasons: Readonly<Record<ProvenanceDocument["stops"][number]["reason"], string>> = {
  code: "its rows are computed by TypeScript",
  too_many_rows: "its query needs more rows than are computed again",
  too_many_lines: "more of its lines can matter than are tested",
  too_many_partitions: "more partitions are upstream than are read",
  not_reproduced: "its query gives other rows than the recorded ones",
}

/** The partitions behind which lines are not searched, those of one asset and reason together. */
function Stops({ stops }: Pick<ProvenanceDocument, "stops">) {
  const groups = groupBy(
    stops,
    ({ asset, reason }) => `Lines behind ${asset} are not searched: ${stopReasons[reason]}`,
  )
  return [...groups].map(([sentence, group]) => {
    const { names, more } = splitNames(group.map(({ partition }) => partition).toSorted(), 3)
    return (
      <p key={sentence} className="quiet">
        {sentence} ({names.join(", ")}
        {more === 0 ? "" : ` and ${formatQuantity(more, "other")}`}).
      </p>
    )
  })
}

function Lines({ document: { lines } }: { readonly document: ProvenanceDocument }) {
  return (
    <div className="scroll" tabIndex={0} role="region" aria-label="Landed lines">
      <table>
        <thead>
          <tr>
            <th className="nowrap">file</th>
            <th className="num">line</th>
            <th className="nowrap">changes the row</th>
            <th>text</th>
          </tr>
        </thead>
        <tbody>
          {lines.map(({ file, line, text, decisive }) => (
            <tr key={`${file} ${line}`}>
              <td className="nowrap">{file}</td>
              <td className="num">{formatCount(line)}</td>
              <td className="nowrap">{decisive ? "alone" : "with others"}</td>
              <td className={classes["text"]}>{text}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Steps({ steps }: Pick<ProvenanceDocument, "steps">) {
  return (
    <>
      {steps.map(({ asset, partition, rows, count }) => (
        <details key={`${asset} ${partition}`} className={classes["step"]}>
          <summary>
            {asset} {partition}{" "}
            <span className="quiet">
              {formatQuantity(count, "row")}
              {count > rows.length ? `, the first ${formatCount(rows.length)} shown` : ""}
            </span>
          </summary>
          <RowTable label={`Rows of ${asset} ${partition} that made the row`} rows={rows} />
        </details>
      ))}
    </>
  )
}

import type { DiffDocument, DiffRow } from "../../api/documents.ts"
import { formatValue } from "../row-table.tsx"

import classes from "./diff.module.css"

const signs: Readonly<Record<DiffRow["kind"], string>> = { added: "+", removed: "−", changed: "~" }

/** Different rows by key. A changed value stands beside its earlier value. */
export function DiffTable({ diff: { rows, key, columns } }: { readonly diff: DiffDocument }) {
  const values = columns.filter(({ state }) => state === "compared").map(({ name }) => name)
  return (
    <div className="scroll" tabIndex={0} role="region" aria-label="Different rows">
      <table className={classes["table"]}>
        <thead>
          <tr>
            <th>Change</th>
            {[...key, ...values].map((name) => (
              <th key={name}>{name}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, at) => (
            // Whole rows may occur several times, so the position is the key.
            <tr key={at} data-kind={row.kind}>
              <td className="nowrap">
                <span className={classes["sign"]}>
                  {signs[row.kind]} {row.kind}
                </span>
              </td>
              {key.map((name) => (
                <td key={name} className="nowrap strong">
                  {formatValue(row.key[name])}
                </td>
              ))}
              {values.map((name) => (
                <DiffCell key={name} row={row} name={name} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function DiffCell({
  row: { kind, columns, from, to },
  name,
}: {
  readonly row: DiffRow
  readonly name: string
}) {
  const isChanged = columns.includes(name)
  if (!isChanged)
    return (
      <td className={kind === "changed" ? "nowrap faint" : "nowrap"}>
        {formatValue((to ?? from)?.[name])}
      </td>
    )
  return (
    <td className={`nowrap ${classes["changed"]}`}>
      <del>{formatValue(from?.[name])}</del> <ins>{formatValue(to?.[name])}</ins>
    </td>
  )
}

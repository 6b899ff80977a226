import { Link } from "@tanstack/react-router"

import type { LineageDocument } from "../../api/documents.ts"
import { State, type StateName } from "../../ui/state.tsx"

import classes from "./lineage.module.css"

/** Every read as a row: the graph as a table. */
export function LineageTable({
  lineage,
  states,
}: {
  readonly lineage: LineageDocument
  readonly states: ReadonlyMap<string, StateName>
}) {
  return (
    <div className={classes["table"]} tabIndex={0} role="region" aria-label="Reads">
      <table>
        <thead>
          <tr>
            <th>Asset</th>
            <th>State</th>
            <th>Read by</th>
            <th>State</th>
            <th>Window</th>
          </tr>
        </thead>
        <tbody>
          {lineage.edges.map(({ from, to, windows }) => (
            <tr key={`${from} ${to}`}>
              <AssetCells name={from} states={states} />
              <AssetCells name={to} states={states} />
              <td className="quiet">
                {windows.length === 0 ? "same partition" : windows.join(", ")}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function AssetCells({
  name,
  states,
}: {
  readonly name: string
  readonly states: ReadonlyMap<string, StateName>
}) {
  return (
    <>
      <td className="strong">
        <Link to="/assets/$asset" params={{ asset: name }}>
          {name}
        </Link>
      </td>
      <td>
        <State state={states.get(name) ?? "missing"} />
      </td>
    </>
  )
}

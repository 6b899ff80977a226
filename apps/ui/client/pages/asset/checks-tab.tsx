import { formatQuantity } from "@freshet/core/engine"

import type { AssetDetailDocument } from "../../api/documents.ts"
import { Empty, noteClass, Section } from "../../ui/layout.tsx"
import { State } from "../../ui/state.tsx"
import { RowTable } from "../row-table.tsx"
import { listFailedChecks } from "./failed-checks.ts"

/** The checks of an asset with their latest results and failed rows. */
export function ChecksTab({ asset }: { readonly asset: AssetDetailDocument }) {
  const { declared_checks: checks, check_results: results, partition } = asset
  const failedNames = listFailedChecks(asset)
  const descriptions = new Map(checks.map(({ name, description }) => [name, description]))
  const resultNames = new Set(results.map(({ name }) => name))
  const pendingChecks = checks.filter(({ name }) => !resultNames.has(name))
  if (checks.length + results.length === 0)
    return (
      <Empty title="No checks.">
        <p className="quiet">Checks are declared beside the columns of an asset.</p>
      </Empty>
    )
  return (
    <Section title="Checks" detail={`of partition ${partition ?? "all"}`}>
      <table>
        <thead>
          <tr>
            <th>Result</th>
            <th>Check</th>
            <th>Requirement</th>
            <th>Severity</th>
            <th className="num">Failed rows</th>
          </tr>
        </thead>
        <tbody>
          {results.map(({ name, severity, failures }) => {
            const passed = !failedNames.has(name)
            return (
              <tr key={name}>
                <td>
                  <State state={passed ? "fresh" : severity === "error" ? "failed" : "stale"}>
                    {passed ? "passed" : severity === "error" ? "failed" : "warning"}
                  </State>
                </td>
                <td className="strong">{name}</td>
                <td className="quiet">{descriptions.get(name)}</td>
                <td className="quiet">{severity}</td>
                <td className="num">{failures === 0 ? "" : failures}</td>
              </tr>
            )
          })}
          {pendingChecks.map(({ name, description, severity }) => (
            <tr key={name}>
              <td>
                <State state="missing">not run</State>
              </td>
              <td className="strong">{name}</td>
              <td className="quiet">{description}</td>
              <td className="quiet">{severity}</td>
              <td />
            </tr>
          ))}
        </tbody>
      </table>
      <LastFailure asset={asset} />
      <FailedRows results={results} />
    </Section>
  )
}

function FailedRows({ results }: { readonly results: AssetDetailDocument["check_results"] }) {
  return (
    <>
      {results
        .filter(({ sample }) => sample.length > 0)
        .map(({ name, sample, failures }) => (
          <div key={name} className={`${noteClass} stack`} data-state="failed">
            <p className="strong">
              {name}: {formatQuantity(failures, "failed row")}
            </p>
            <RowTable
              label={`Failed rows of ${name}`}
              columns={Object.keys(sample[0] ?? {}).map((column) => ({ name: column, type: "" }))}
              rows={sample}
            />
          </div>
        ))}
    </>
  )
}

function LastFailure({ asset: { failure } }: { readonly asset: AssetDetailDocument }) {
  if (failure === null) return null
  return (
    <p className={noteClass} data-state="failed">
      The last attempt failed; the overview shows its failed rows. {failure.message}
    </p>
  )
}

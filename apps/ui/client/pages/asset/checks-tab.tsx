import { formatCount, formatQuantity } from "@freshet/core/engine"

import type { AssetDetailDocument } from "../../api/documents.ts"
import { Empty, noteClass, Section } from "../../ui/layout.tsx"
import { State } from "../../ui/state.tsx"
import { type Column, Table } from "../../ui/table.tsx"
import { RowTable } from "../row-table.tsx"
import { type CheckRow, listChecks, resultStates } from "./list-checks.ts"

const columns: readonly Column<CheckRow>[] = [
  { head: "Result", cell: ({ result }) => <State state={resultStates[result]}>{result}</State> },
  { head: "Check", tone: "strong", cell: ({ name }) => name },
  { head: "Requirement", tone: "quiet", cell: ({ description }) => description },
  { head: "Severity", tone: "quiet", cell: ({ severity }) => severity },
  {
    head: "Failed rows",
    className: "num",
    cell: ({ failures }) => (failures === 0 ? "" : formatCount(failures)),
  },
]

/** The checks of an asset with their latest results and failed rows. */
export function ChecksTab({ asset }: { readonly asset: AssetDetailDocument }) {
  const checks = listChecks(asset)
  if (checks.length === 0)
    return (
      <Empty title="No checks.">
        <p className="quiet">Checks are declared beside the columns of an asset.</p>
      </Empty>
    )
  return (
    <Section title="Checks" detail={`of partition ${asset.partition ?? "all"}`}>
      <Table columns={columns} rows={checks} getKey={({ name }) => name} />
      <LastFailure asset={asset} />
      <FailedRows results={asset.check_results} />
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
            <RowTable label={`Failed rows of ${name}`} rows={sample} />
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

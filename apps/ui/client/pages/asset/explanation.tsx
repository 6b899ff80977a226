import { Link } from "@tanstack/react-router"

import type { AssetDetailDocument, ExplanationDocument } from "../../api/documents.ts"
import { useSession } from "../../api/use-document.ts"
import { getShownState } from "../../asset-state.ts"
import { formatQuantity } from "../../format.ts"
import { Button, CommandText } from "../../ui/controls.tsx"
import { Icon } from "../../ui/icons.tsx"
import { noteClass, Section } from "../../ui/layout.tsx"
import { State } from "../../ui/state.tsx"
import { RowTable } from "../row-table.tsx"

import classes from "./asset.module.css"

/** Why an asset is not fresh: root causes, the path from the first one, failed checks, and the button that fixes it. */
export function Explanation({
  asset,
  explanation,
  onPlan,
}: {
  readonly asset: AssetDetailDocument
  readonly explanation: ExplanationDocument
  readonly onPlan: (kind: string) => void
}) {
  const { roots, command } = explanation
  const flag = useSession()?.command_flag
  const state = getShownState(asset)
  return (
    <Section title={`Why it is ${state}`} detail={formatQuantity(roots.length, "root cause")}>
      <div className="stack">
        {roots.slice(0, 4).map((root) => (
          <p key={`${root.asset} ${root.partitions_text} ${root.reason}`} className="measure">
            <Link to="/assets/$asset" params={{ asset: root.asset }} className="strong">
              {root.asset} {root.partitions_text}
            </Link>
            : {root.reason}.
          </p>
        ))}
        <CausePath path={explanation.path} />
        <FailedChecks explanation={explanation} />
        <p className="quiet">
          {asset.rows === null
            ? "It has no rows yet."
            : "Its present rows stay published until the rebuild has passed its checks."}
        </p>
        {command === null ? null : (
          <p className="row">
            <Button look="primary" onClick={() => onPlan("newest")}>
              {state === "failed" ? "Retry…" : "Fix…"}
            </Button>
            <CommandText
              command={flag === null || flag === undefined ? command : `${command} ${flag}`}
            />
          </p>
        )}
      </div>
    </Section>
  )
}

function CausePath({ path }: { readonly path: ExplanationDocument["path"] }) {
  if (path.length < 2) return null
  return (
    <ol className={classes["path"]} aria-label="Path from the first root cause">
      {path.map(({ asset, partition, status }, at) => (
        <li key={`${asset} ${partition}`} className="row">
          {at === 0 ? null : <Icon name="arrow" />}
          <State state={status}>
            <Link to="/assets/$asset" params={{ asset }} title={`${asset} ${partition}: ${status}`}>
              {asset}
            </Link>
          </State>
        </li>
      ))}
    </ol>
  )
}

function FailedChecks({
  explanation: { failed_checks: partitions },
}: {
  readonly explanation: ExplanationDocument
}) {
  return (
    <>
      {partitions.flatMap(({ asset, partition, checks }) =>
        checks.map(({ name, description, failures, sample }) => (
          <div
            key={`${asset} ${partition} ${name}`}
            className={`${noteClass} stack`}
            data-state="failed"
          >
            <p>
              <span className="strong">
                {asset} {partition}: {name}
              </span>{" "}
              <span className="quiet">
                {description}. {formatQuantity(failures, "failed row")}
                {sample.length === 0 ? "." : `; the first ${sample.length}:`}
              </span>
            </p>
            {sample.length === 0 ? null : (
              <RowTable
                label={`Failed rows of ${name}`}
                columns={Object.keys(sample[0] ?? {}).map((column) => ({ name: column, type: "" }))}
                rows={sample}
              />
            )}
          </div>
        )),
      )}
    </>
  )
}

import { formatQuantity } from "@freshet/core/engine"
import { Link } from "@tanstack/react-router"

import type { AssetDetailDocument, ExplanationDocument } from "../../api/documents.ts"
import { useSession } from "../../api/use-document.ts"
import { getShownState } from "../../asset-state.ts"
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
    <Section
      title={state === "failed" ? "Why it failed" : `Why it is ${state}`}
      detail={formatQuantity(roots.length, "root cause")}
    >
      <div className="stack">
        <Roots roots={roots} />
        <CausePath explanation={explanation} />
        <PinnedFiles files={explanation.pinned_files} />
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

/** Root causes with the same reason are one sentence. */
function Roots({ roots }: Pick<ExplanationDocument, "roots">) {
  const reasons = [...new Set(roots.map(({ reason }) => reason))].slice(0, 4)
  return reasons.map((reason) => {
    const places = roots.filter((root) => root.reason === reason)
    return (
      <p key={reason} className="measure">
        <span className="strong">{reason}</span>, which affects{" "}
        {places.map(({ asset, partitions_text: partitions }, at) => (
          <span key={`${asset} ${partitions}`}>
            {at === 0 ? "" : at === places.length - 1 ? " and " : ", "}
            <Link to="/assets/$asset" params={{ asset }} className="nowrap">
              {`${asset} ${partitions}`.trim()}
            </Link>
          </span>
        ))}
        .
      </p>
    )
  })
}

/** The overwritten files that the partition is pinned to. */
function PinnedFiles({ files }: { readonly files: ExplanationDocument["pinned_files"] }) {
  if (files.length === 0) return null
  return (
    <p className="quiet">
      It is pinned to copies of {files.join(", ")}, which have been overwritten or removed.
    </p>
  )
}

/** The path from the first root cause, with the source that changed before it. */
function CausePath({
  explanation: { path, roots },
}: {
  readonly explanation: ExplanationDocument
}) {
  if (path.length < 2) return null
  const changed = roots[0]?.causes.flatMap((cause) => (cause.kind === "input" ? cause.changed : []))
  const source = changed?.[0]?.asset
  const stops = path.filter(({ asset }, at) => path[at + 1]?.asset !== asset)
  const first =
    source === undefined ? [] : [{ asset: source, partition: "", status: "source" as const }]
  return (
    <ol className={classes["path"]} aria-label="Path from the first root cause">
      {[...first, ...stops].map(({ asset, partition, status }, at) => (
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
                {sample.length === 0 ? "." : ", for example:"}
              </span>
            </p>
            {sample.length === 0 ? null : (
              <RowTable label={`Failed rows of ${name}`} rows={sample} />
            )}
          </div>
        )),
      )}
    </>
  )
}

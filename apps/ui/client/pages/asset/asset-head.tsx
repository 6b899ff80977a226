import { formatDuration } from "@freshet/core/engine"
import { Link } from "@tanstack/react-router"

import type { AssetDetailDocument } from "../../api/documents.ts"
import { getShownCause, getShownState } from "../../asset-state.ts"
import { formatTime } from "../../format.ts"
import { useRootCauses } from "../../root-causes.ts"
import { Button, getButtonClass, Key } from "../../ui/controls.tsx"
import { DueSoonBadge, StateBadge } from "../../ui/state.tsx"

import classes from "./asset.module.css"

/** The name of an asset, its two states, and its actions. */
export function AssetHead({
  asset,
  onPlan,
}: {
  readonly asset: AssetDetailDocument
  readonly onPlan: (kind: string) => void
}) {
  const { name, group, kind, partition_noun: noun } = asset
  return (
    <>
      <p className={classes["crumb"]}>
        <Link to="/catalog">Catalog</Link> /{" "}
        <Link to="/catalog" search={{ selection: `group:${group}` }}>
          {group}
        </Link>
      </p>
      <div className={classes["head"]}>
        <div className="stack">
          <h1>{name}</h1>
          <p className="row">
            <States asset={asset} />
            <span className="quiet">{describeKind(asset)}</span>
          </p>
        </div>
        <div className={classes["actions"]}>
          <Link to="/lineage" search={{ focus: name }} className={getButtonClass()}>
            Lineage <Key>l</Key>
          </Link>
          {kind === "source" ? null : (
            <>
              {noun === null ? null : (
                <Button onClick={() => onPlan("range")}>
                  Backfill… <Key>b</Key>
                </Button>
              )}
              <Button onClick={() => onPlan("newest")}>
                Materialize… <Key>m</Key>
              </Button>
            </>
          )}
        </div>
      </div>
    </>
  )
}

function States({ asset }: { readonly asset: AssetDetailDocument }) {
  const { overdue, due_soon: dueSoon, now } = asset
  const state = getShownState(asset)
  const cause = getShownCause(asset, useRootCauses())
  return (
    <>
      <StateBadge state={state}>{describeState(state, cause)}</StateBadge>
      {overdue === null ? null : (
        <StateBadge state="overdue">
          overdue by {formatDuration(Date.parse(now) - Date.parse(overdue.due_at))}
        </StateBadge>
      )}
      {dueSoon === null ? null : (
        <DueSoonBadge>
          {dueSoon.partition} is due {formatTime(dueSoon.due_at, now)}, expected{" "}
          {formatTime(dueSoon.expected_at, now)}
        </DueSoonBadge>
      )}
    </>
  )
}

function describeState(state: string, cause: string): string {
  if (cause === "") return state
  return state === "blocked" ? `${state} ${cause}` : `${state}: ${cause}`
}

const kindNames = { source: "source", sql: "SQL", code: "code" } as const

function describeKind({ kind, partitioning, owners, tags }: AssetDetailDocument): string {
  const owner = owners.length === 0 ? [] : [`owner ${owners.join(", ")}`]
  const tagTexts = tags.map((tag) => `#${tag}`)
  return [kindNames[kind], partitioning, ...owner, ...tagTexts].join(" · ")
}

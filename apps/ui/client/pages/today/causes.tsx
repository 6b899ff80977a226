import { formatDuration, formatQuantity } from "@freshet/core/engine"
import { Link } from "@tanstack/react-router"
import { useState } from "react"

import type { AssetStateDocument, AttentionCause, StatusDocument } from "../../api/documents.ts"
import { formatPrediction, formatTime, splitNames } from "../../format.ts"
import { useKeys } from "../../shell/keys.ts"
import { Button, getButtonClass, Key } from "../../ui/controls.tsx"
import { Section } from "../../ui/layout.tsx"
import type { StateName } from "../../ui/state-names.ts"
import { StateIcon } from "../../ui/state.tsx"
import { PlanDialog } from "../plan/plan-dialog.tsx"

import classes from "./today.module.css"

/** Everything that needs attention, by root cause. */
export function Causes({
  causes,
  status,
}: {
  readonly causes: readonly AttentionCause[]
  readonly status: StatusDocument
}) {
  const [fixedCause, setFixedCause] = useState<AttentionCause>()
  const overdue = groupOverdue(status.assets)
  const total = causes.length + overdue.length
  const primary = causes.find(({ kind, steps }) => kind !== "failed" && steps > 0)
  useCauseKeys(total, (at) => {
    const cause = causes[at]
    if (cause !== undefined && cause.steps > 0) setFixedCause(cause)
  })
  return (
    <Section
      title="Needs attention"
      detail={total === 0 ? undefined : formatQuantity(total, "root cause")}
      extra={total === 0 ? undefined : <CauseKeys />}
    >
      {total === 0 ? <p className="quiet">Nothing.</p> : null}
      <ol>
        {causes.map((cause, at) => (
          <CauseItem
            key={`${cause.kind} ${cause.subject ?? ""} ${cause.partitions_text}`}
            id={`cause-${at}`}
            cause={cause}
            isPrimary={cause === primary}
            onFix={() => setFixedCause(cause)}
          />
        ))}
        {overdue.map((group, at) => (
          <OverdueItem
            key={group.reason}
            id={`cause-${causes.length + at}`}
            group={group}
            now={status.now}
          />
        ))}
      </ol>
      {fixedCause === undefined ? null : (
        <FixDialog cause={fixedCause} onClose={() => setFixedCause(undefined)} />
      )}
    </Section>
  )
}

/** Moves between the causes by keys, opens the explanation and the plan of the current one. */
function useCauseKeys(total: number, onFix: (position: number) => void): void {
  const [position, setPosition] = useState(0)
  const move = (steps: number) => {
    const next = Math.max(0, Math.min(total - 1, position + steps))
    setPosition(next)
    document.querySelector<HTMLElement>(`#cause-${next} a`)?.focus()
  }
  useKeys({
    j: () => move(1),
    k: () => move(-1),
    w: () => document.querySelector<HTMLElement>(`#cause-${position} [data-why]`)?.click(),
    x: () => onFix(position),
  })
}

function FixDialog({
  cause,
  onClose,
}: {
  readonly cause: AttentionCause
  readonly onClose: () => void
}) {
  return (
    <PlanDialog
      title={`Materialize ${formatQuantity(cause.affected.length, "asset")}`}
      subtitle={`The newest partition of each asset that ${formatCauseTitle(cause)} affects, and the stale upstreams.`}
      initialTarget={{
        kind: "materialize",
        selection: cause.affected,
        partitions: {},
        publish: true,
      }}
      onClose={onClose}
    />
  )
}

function CauseKeys() {
  return (
    <span className="not-narrow">
      <Key>j</Key> <Key>k</Key> move <Key>w</Key> why <Key>x</Key> fix
    </span>
  )
}

const causeStates: Readonly<Record<AttentionCause["kind"], StateName>> = {
  failed: "failed",
  blocked: "blocked",
  changed: "stale",
  code: "stale",
  missing: "missing",
}

const causeVerbs: Readonly<Record<AttentionCause["kind"], string>> = {
  failed: "failed",
  blocked: "is blocked",
  changed: "changed after it was used",
  code: "has another declaration than its newest materialization",
  missing: "was never materialized",
}

const effectWords: Readonly<Record<AttentionCause["kind"], string>> = {
  failed: "Affects",
  blocked: "Blocked",
  changed: "Stale",
  code: "Stale",
  missing: "Missing",
}

function formatCauseTitle({
  subject,
  partitions_text: partitions,
  affected,
}: AttentionCause): string {
  return subject === null
    ? formatQuantity(affected.length, "asset")
    : `${subject} ${partitions}`.trim()
}

interface CauseItemProps {
  readonly id: string
  readonly cause: AttentionCause
  readonly isPrimary: boolean
  readonly onFix: () => void
}

function CauseItem({ id, cause, isPrimary, onFix }: CauseItemProps) {
  const { kind, subject, affected, steps, predicted_ms: predictedMs } = cause
  const time = predictedMs === null ? "" : `, ${formatPrediction(predictedMs)}`
  const verb = kind === "failed" ? "Retry…" : "Fix…"
  const whyAsset = kind === "changed" ? affected.at(-1) : (subject ?? affected[0])
  return (
    <li id={id} className={classes["cause"]}>
      <StateIcon state={causeStates[kind]} />
      <div className="stack">
        <h3>
          <CauseTitle cause={cause} />{" "}
          <span className={classes["verb"]}>
            {subject === null && affected.length > 1 ? "were never materialized" : causeVerbs[kind]}
          </span>
        </h3>
        <CauseDetail cause={cause} />
        <p>
          <b>
            {effectWords[kind]} {affected.length}:
          </b>{" "}
          <AssetNames names={affected} />
        </p>
      </div>
      <div className={classes["actions"]}>
        {whyAsset === undefined ? null : (
          <Link
            data-why
            to="/assets/$asset"
            params={{ asset: whyAsset }}
            className={getButtonClass()}
          >
            Why
          </Link>
        )}
        {steps === 0 ? null : (
          <Button look={isPrimary ? "primary" : "normal"} onClick={onFix}>
            {verb} {formatQuantity(steps, "step")}
            {time}
          </Button>
        )}
      </div>
    </li>
  )
}

function CauseTitle({ cause }: { readonly cause: AttentionCause }) {
  const title = formatCauseTitle(cause)
  if (cause.subject === null) return <>{title}</>
  return (
    <Link to="/assets/$asset" params={{ asset: cause.subject }}>
      {title}
    </Link>
  )
}

function CauseDetail({ cause }: { readonly cause: AttentionCause }) {
  const checks = cause.failed_checks.flatMap((partition) => partition.checks)
  if (checks.length > 0)
    return (
      <p className="quiet">
        {checks
          .map(
            ({ name, description, failures }) =>
              `${description ?? name}: ${formatQuantity(failures, "failed row")}`,
          )
          .join("; ")}
        . Nothing that reads it was published.
      </p>
    )
  const message = cause.failure?.message ?? cause.blocker
  return message === null || message === undefined ? null : <p className="quiet">{message}</p>
}

const listedNames = 5

function AssetNames({ names: allNames }: { readonly names: readonly string[] }) {
  const { names, more } = splitNames(allNames, listedNames)
  return (
    <>
      {names.map((name, at) => (
        <span key={name}>
          {at === 0 ? "" : ", "}
          <Link to="/assets/$asset" params={{ asset: name }}>
            {name}
          </Link>
        </span>
      ))}
      {more === 0 ? "." : ` and ${more} more.`}
    </>
  )
}

interface OverdueGroup {
  readonly reason: string
  readonly partition: string
  readonly dueAt: string
  readonly names: readonly string[]
}

/** Groups overdue assets by their root cause. */
function groupOverdue(assets: readonly AssetStateDocument[]): readonly OverdueGroup[] {
  const groups = new Map<string, OverdueGroup>()
  for (const { name, overdue } of assets) {
    if (overdue === null) continue
    const { partition, due_at: dueAt, reason } = overdue
    const group = groups.get(reason) ?? { reason, partition, dueAt, names: [] }
    groups.set(reason, { ...group, names: [...group.names, name] })
  }
  return [...groups.values()]
}

function OverdueItem({
  id,
  group: { reason, partition, dueAt, names },
  now,
}: {
  readonly id: string
  readonly group: OverdueGroup
  readonly now: string
}) {
  const [first] = names
  return (
    <li id={id} className={classes["cause"]}>
      <StateIcon state="overdue" />
      <div className="stack">
        <h3 className={classes["reason"]}>{reason}</h3>
        <p className="quiet">
          {partition} was due {formatTime(dueAt, now)},{" "}
          {formatDuration(Date.parse(now) - Date.parse(dueAt))} ago.
        </p>
        <p>
          <b>Overdue {names.length}:</b> <AssetNames names={names} />
        </p>
      </div>
      <div className={classes["actions"]}>
        {first === undefined ? null : (
          <Link data-why to="/assets/$asset" params={{ asset: first }} className={getButtonClass()}>
            Why
          </Link>
        )}
      </div>
    </li>
  )
}

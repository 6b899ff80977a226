import type { TargetDocument } from "../../api/documents.ts"
import { isDay } from "../../days.ts"
import { Choice, Field, inputClass } from "../../ui/controls.tsx"

import classes from "./plan.module.css"

type BackfillTarget = Extract<TargetDocument, { readonly kind: "backfill" }>

const onlyChoices = [
  [undefined, "not fresh"],
  ["missing", "missing"],
  ["stale", "stale"],
  ["failed", "failed"],
] as const

/** The options of a backfill: its range, the states to run, and the assets downstream. */
export function BackfillOptions({
  target,
  onChange,
}: {
  readonly target: BackfillTarget
  readonly onChange: (target: BackfillTarget) => void
}) {
  const { partitions, only, downstream } = target
  const change = (changes: Partial<BackfillTarget>) => onChange({ ...target, ...changes })
  return (
    <div className={classes["options"]}>
      {partitions.partition === undefined ? (
        <RangeFields target={target} onChange={onChange} />
      ) : (
        <Field label="Partition">
          <input className={inputClass} readOnly value={partitions.partition} />
        </Field>
      )}
      <fieldset>
        <legend>Only partitions that are</legend>
        <div>
          {onlyChoices.map(([value, label]) => (
            <Choice
              key={label}
              type="radio"
              name="only"
              checked={only === value}
              onChange={() => change({ only: value })}
            >
              {label}
            </Choice>
          ))}
        </div>
      </fieldset>
      <Choice
        type="checkbox"
        checked={downstream}
        onChange={() => change({ downstream: !downstream })}
      >
        Include downstream
      </Choice>
    </div>
  )
}

function RangeFields({
  target,
  onChange,
}: {
  readonly target: BackfillTarget
  readonly onChange: (target: BackfillTarget) => void
}) {
  const { from = "", to = "" } = target.partitions
  const type = isDay(from) || isDay(to) ? "date" : "text"
  const change = (partitions: BackfillTarget["partitions"]) => onChange({ ...target, partitions })
  return (
    <>
      <Field label="From">
        <input
          className={inputClass}
          type={type}
          value={from}
          onChange={({ target: { value } }) => value !== "" && change({ from: value, to })}
        />
      </Field>
      <Field label="To">
        <input
          className={inputClass}
          type={type}
          value={to}
          onChange={({ target: { value } }) => value !== "" && change({ from, to: value })}
        />
      </Field>
    </>
  )
}

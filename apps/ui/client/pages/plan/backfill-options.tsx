import { useEffect, useState } from "react"

import type { TargetDocument } from "../../api/documents.ts"
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
  const { partitions, only, downstream, repin = false } = target
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
      <Choice
        type="checkbox"
        checked={repin}
        onChange={() => change({ repin: repin ? undefined : true })}
      >
        Repin: read the files landed now
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
  const change = (partitions: BackfillTarget["partitions"]) => onChange({ ...target, partitions })
  return (
    <>
      <KeyField label="From" value={from} onChange={(key) => change({ from: key, to })} />
      <KeyField label="To" value={to} onChange={(key) => change({ from, to: key })} />
    </>
  )
}

const typingMs = 400

/** A partition key that is applied when typing pauses. */
function KeyField({
  label,
  value,
  onChange,
}: {
  readonly label: string
  readonly value: string
  readonly onChange: (key: string) => void
}) {
  const [text, setText] = useState(value)
  useEffect(() => {
    if (text === value || text === "") return
    const timer = setTimeout(() => onChange(text), typingMs)
    return () => clearTimeout(timer)
  }, [text, value, onChange])
  return (
    <Field label={label}>
      <input
        className={inputClass}
        size={12}
        value={text}
        spellCheck={false}
        onChange={(event) => setText(event.target.value)}
      />
    </Field>
  )
}

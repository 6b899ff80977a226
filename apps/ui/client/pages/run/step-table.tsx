import { formatCount, formatDuration, formatQuantity } from "@freshet/core/engine"
import { Link } from "@tanstack/react-router"
import { useState } from "react"

import type { RunDetailDocument, StepRow } from "../../api/documents.ts"
import { Field, inputClass } from "../../ui/controls.tsx"
import { Section } from "../../ui/layout.tsx"
import { State } from "../../ui/state.tsx"
import { type Column, Table } from "../../ui/table.tsx"
import { formatStepId } from "./log-entries.ts"
import { getLogLink } from "./log-link.ts"
import { formatStepOutcome, getStepState } from "./step-words.ts"

import classes from "./run.module.css"

const shownSteps = 200

const columns: readonly Column<StepRow>[] = [
  {
    head: "Ended",
    className: "num not-narrow",
    tone: "mono quiet",
    cell: ({ started_at: startedAt, ms }) => formatEnd(startedAt, ms),
  },
  {
    head: "Outcome",
    cell: ({ outcome }) => (
      <State state={getStepState(outcome)}>{formatStepOutcome(outcome)}</State>
    ),
  },
  {
    head: "Step",
    tone: "strong",
    cell: ({ computation, outputs }) => (
      <Link to="/assets/$asset" params={{ asset: outputs[0] ?? computation }}>
        {computation}
      </Link>
    ),
  },
  { head: "Partition", className: "nowrap", cell: ({ partition }) => partition },
  { head: "Rows", className: "num", cell: ({ rows }) => formatCount(rows) },
  { head: "Took", className: "num", tone: "quiet", cell: ({ ms }) => formatDuration(ms) },
  {
    head: "Log",
    cell: (step) => (
      <Link {...getLogLink(step)} aria-label={`Log of ${formatStepId(step)}`}>
        log
      </Link>
    ),
  },
  { head: "Message", className: "not-narrow", tone: "quiet", cell: formatMessages },
]

/** The ended steps of a run, filtered by name, partition, outcome or message. */
export function StepTable({ run: { step_rows: steps } }: { readonly run: RunDetailDocument }) {
  const [text, setText] = useState("")
  const query = text.trim().toLowerCase()
  const filteredSteps = steps.filter(({ computation, partition, outcome, message }) =>
    [computation, partition ?? "", formatStepOutcome(outcome), message ?? ""].some((value) =>
      value.toLowerCase().includes(query),
    ),
  )
  if (steps.length === 0) return null
  return (
    <Section title="Steps" detail={formatQuantity(filteredSteps.length, "step")}>
      <div className={classes["filters"]}>
        <Field label="Filter">
          <input
            className={inputClass}
            value={text}
            onChange={({ target }) => setText(target.value)}
            style={{ maxWidth: 320 }}
          />
        </Field>
      </div>
      <div className="scroll" tabIndex={0} role="region" aria-label="Steps">
        <Table
          columns={columns}
          rows={filteredSteps.slice(0, shownSteps)}
          getKey={({ computation, partition, started_at: startedAt, outcome }) =>
            `${computation} ${partition} ${startedAt} ${outcome}`
          }
        />
      </div>
      {filteredSteps.length > shownSteps ? (
        <p className="quiet">The first {shownSteps} steps; the filter finds the others.</p>
      ) : null}
    </Section>
  )
}

/** Joins the messages of the step and of its failed attempts. */
function formatMessages({ message, failed_attempts: attempts }: StepRow): string {
  const attemptTexts = attempts.map((attempt, index) => `attempt ${index + 1}: ${attempt.message}`)
  return [message ?? "", ...attemptTexts].filter((text) => text !== "").join("; ")
}

function formatEnd(startedAt: string, ms: number): string {
  return new Date(Date.parse(startedAt) + ms).toISOString().slice(11, 23)
}

import { formatCount, formatDuration, formatQuantity } from "@freshet/core/engine"
import { Link } from "@tanstack/react-router"
import { useState } from "react"

import type { RunDetailDocument } from "../../api/documents.ts"
import { Field, inputClass } from "../../ui/controls.tsx"
import { Section } from "../../ui/layout.tsx"
import { State } from "../../ui/state.tsx"
import { formatStepOutcome, getStepState } from "./step-words.ts"

const shownSteps = 200

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
      <Field label="Filter">
        <input
          className={inputClass}
          value={text}
          onChange={({ target }) => setText(target.value)}
          style={{ maxWidth: 320 }}
        />
      </Field>
      <table>
        <thead>
          <tr>
            <th className="num">Ended</th>
            <th>Outcome</th>
            <th>Step</th>
            <th>Partition</th>
            <th className="num">Rows</th>
            <th className="num">Took</th>
            <th className="not-narrow">Message</th>
          </tr>
        </thead>
        <tbody>
          {filteredSteps.slice(0, shownSteps).map((step) => (
            <tr key={`${step.computation} ${step.partition} ${step.started_at} ${step.outcome}`}>
              <td className="num mono quiet">{formatEnd(step.started_at, step.ms)}</td>
              <td>
                <State state={getStepState(step.outcome)}>{formatStepOutcome(step.outcome)}</State>
              </td>
              <td className="strong">
                <Link to="/assets/$asset" params={{ asset: step.outputs[0] ?? step.computation }}>
                  {step.computation}
                </Link>
              </td>
              <td className="nowrap">{step.partition}</td>
              <td className="num">{formatCount(step.rows)}</td>
              <td className="num quiet">{formatDuration(step.ms)}</td>
              <td className="quiet not-narrow">{step.message}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {filteredSteps.length > shownSteps ? (
        <p className="quiet">The first {shownSteps} steps; the filter finds the others.</p>
      ) : null}
    </Section>
  )
}

function formatEnd(startedAt: string, ms: number): string {
  return new Date(Date.parse(startedAt) + ms).toISOString().slice(11, 23)
}

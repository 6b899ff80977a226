import { formatQuantity } from "@freshet/core/engine"

import type { RunDetailDocument } from "../../api/documents.ts"
import { useLive } from "../../api/live.ts"
import { isDay, listDays } from "../../days.ts"
import { Icon } from "../../ui/icons.tsx"
import { Section } from "../../ui/layout.tsx"
import type { StateName } from "../../ui/state-names.ts"
import { getStepState } from "./step-words.ts"

import classes from "./run.module.css"

const maxDays = 14

/** The progress of a run by asset and day: done, failed, running, queued. */
export function RunMatrix({ run }: { readonly run: RunDetailDocument }) {
  const states = useCellStates(run)
  const days = [...new Set([...states.values()].flatMap((row) => [...row.keys()]))].toSorted()
  if (days.length < 2 || days.length > maxDays) return null
  return (
    <Section title="By day" detail={formatQuantity(states.size, "computation")}>
      <div className="scroll" tabIndex={0} role="region" aria-label="Progress by asset and day">
        <table className={classes["matrix"]}>
          <thead>
            <tr>
              <th>Computation</th>
              {days.map((day) => (
                <th key={day} title={day} className="num">
                  {day.slice(5)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {[...states].map(([computation, row]) => (
              <tr key={computation}>
                <td className="strong nowrap">{computation}</td>
                {days.map((day) => (
                  <td key={day}>
                    <Cell state={row.get(day)} label={`${computation} ${day}`} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  )
}

function Cell({ state, label }: { readonly state: StateName | undefined; readonly label: string }) {
  if (state === undefined) return null
  const word = state === "fresh" ? "done" : state
  return (
    <span
      className={classes["cell"]}
      data-state={state}
      role="img"
      aria-label={`${label}: ${word}`}
      title={`${label}: ${word}`}
    >
      <Icon name={state === "fresh" ? "checks" : state} />
    </span>
  )
}

/** Reads the state of each day of each computation from the ledger and the events since. */
function useCellStates(
  run: RunDetailDocument,
): ReadonlyMap<string, ReadonlyMap<string, StateName>> {
  const { runningSteps } = useLive()
  const states = new Map<string, Map<string, StateName>>()
  for (const { computation, partitions } of run.progress) {
    const row = new Map<string, StateName>()
    for (const { outcome, ranges } of partitions)
      for (const day of ranges.flatMap((range) =>
        isDay(range.from) ? listDays(range, maxDays + 1) : [],
      ))
        row.set(day, outcome === "remaining" ? "queued" : getStepState(outcome))
    if (row.size > 0) states.set(computation, row)
  }
  for (const step of runningSteps.values())
    if (step.run === run.id) states.get(step.computation)?.set(step.partition, "running")
  return states
}

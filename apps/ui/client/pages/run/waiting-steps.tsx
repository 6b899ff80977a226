import { formatDuration, formatQuantity } from "@freshet/core/engine"

import type { RunDetailDocument } from "../../api/documents.ts"
import { useNow } from "../../shell/connection.tsx"
import { noteClass, Section } from "../../ui/layout.tsx"
import { formatStepId } from "./log-entries.ts"

/** The steps of a running run that failed and are attempted again. */
export function WaitingSteps({
  run: { waiting_steps: steps },
}: {
  readonly run: RunDetailDocument
}) {
  const nowMs = useNow(1000)
  if (steps.length === 0) return null
  return (
    <Section title="Attempted again" detail={formatQuantity(steps.length, "step")}>
      <div className="stack">
        {steps.map((step) => {
          const { failed_attempts: attempts, next_attempt_at: nextAt } = step
          const waitMs = Date.parse(nextAt) - nowMs
          return (
            <div key={formatStepId(step)} className={noteClass} data-state="running">
              <p className="strong">{formatStepId(step)}</p>
              <p className="quiet" style={{ whiteSpace: "pre-wrap" }}>
                Attempt {attempts.length} failed: {attempts.at(-1)?.message}
              </p>
              <p>
                {waitMs > 0
                  ? `Attempt ${attempts.length + 1} begins in ${formatDuration(waitMs)}.`
                  : `Attempt ${attempts.length + 1} is running.`}
              </p>
            </div>
          )
        })}
      </div>
    </Section>
  )
}

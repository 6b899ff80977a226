import { formatQuantity } from "@freshet/core/engine"
import { useQuery } from "@tanstack/react-query"
import { useEffect, useRef, useState } from "react"

import type { PlanDocument, TargetDocument } from "../../api/documents.ts"
import { postAction, toProblems } from "../../api/fetch-document.ts"
import { useSession } from "../../api/use-document.ts"
import { type Submission, useSubmission } from "../../api/use-submission.ts"
import { formatPrediction } from "../../format.ts"
import { Button, CommandText, Key } from "../../ui/controls.tsx"
import { Dialog } from "../../ui/dialog.tsx"
import { Empty, Problems, Skeleton } from "../../ui/layout.tsx"
import { BackfillOptions } from "./backfill-options.tsx"
import { PlanNotes, PlanTable } from "./plan-table.tsx"

interface PlanDialogProps {
  readonly title: string
  readonly subtitle?: string
  /** The request as the opener of the dialog proposes it; its options can be changed. */
  readonly initialTarget: TargetDocument
  readonly onClose: () => void
}

/** Previews a request, and runs it. */
export function PlanDialog({ title, subtitle, initialTarget, onClose }: PlanDialogProps) {
  const [target, setTarget] = useState(initialTarget)
  const { data: plan, error } = usePlan(target)
  const submission = useSubmission("/api/requests", { target }, onClose)
  const isEmpty = plan !== undefined && plan.step_count + plan.publications.length === 0
  return (
    <Dialog
      title={title}
      subtitle={subtitle}
      onClose={onClose}
      footer={
        <PlanFooter plan={plan} submission={submission} isEmpty={isEmpty} onClose={onClose} />
      }
    >
      {target.kind === "backfill" ? <BackfillOptions target={target} onChange={setTarget} /> : null}
      {submission.problems.length > 0 ? <Problems problems={submission.problems} /> : null}
      {error === null ? null : <Problems problems={toProblems(error)} />}
      {error !== null ? null : plan === undefined ? (
        <Skeleton />
      ) : (
        <>
          {isEmpty ? <NothingToRun plan={plan} /> : <PlanTable plan={plan} />}
          <PlanNotes plan={plan} />
        </>
      )}
    </Dialog>
  )
}

function NothingToRun({ plan }: { readonly plan: PlanDocument }) {
  return (
    <Empty title="Nothing to run.">
      <p className="quiet">
        {plan.is_up_to_date
          ? "Every requested partition is fresh."
          : "No requested partition can be materialized; the reasons are below."}
      </p>
    </Empty>
  )
}

/** Reads the plan of a request. While a changed request is planned, the previous plan stays. */
function usePlan(target: TargetDocument) {
  return useQuery({
    queryKey: ["/api/plan", JSON.stringify(target)],
    queryFn: () => postAction<PlanDocument>("/api/plan", { target }),
    retry: false,
  })
}

function PlanFooter({
  plan,
  submission,
  isEmpty,
  onClose,
}: {
  readonly plan: PlanDocument | undefined
  readonly submission: Submission
  readonly isEmpty: boolean
  readonly onClose: () => void
}) {
  const session = useSession()
  const flag = session?.command_flag
  const isReady = plan !== undefined && !isEmpty && submission.state === "ready"
  const canRun = session?.role === "operator"
  const button = useFocusWhenReady(isReady && canRun)
  return (
    <>
      {plan === undefined ? null : (
        <CommandText
          command={flag === null || flag === undefined ? plan.command : `${plan.command} ${flag}`}
        />
      )}
      <span className="row push">
        <Button onClick={onClose}>
          Cancel <Key>esc</Key>
        </Button>
        <Button
          ref={button}
          look="primary"
          disabled={!isReady || !canRun}
          title={canRun ? undefined : "This server is read-only for you."}
          onClick={submission.submit}
        >
          {submission.state === "requested" ? "Requested…" : formatRunLabel(plan)}
        </Button>
      </span>
    </>
  )
}

/** Moves the focus to the button once, when the plan is ready and no option has been touched: Enter runs it. */
function useFocusWhenReady(isReady: boolean) {
  const button = useRef<HTMLButtonElement>(null)
  const hasFocused = useRef(false)
  useEffect(() => {
    if (!isReady || hasFocused.current) return
    hasFocused.current = true
    if (document.activeElement instanceof HTMLDialogElement) button.current?.focus()
  }, [isReady])
  return button
}

function formatRunLabel(plan: PlanDocument | undefined): string {
  if (plan === undefined) return "Planning…"
  if (plan.step_count === 0)
    return plan.publications.length === 0
      ? "Nothing to run"
      : `Publish ${formatQuantity(plan.publications.length, "set")}`
  const time = plan.predicted === null ? "" : `, ${formatPrediction(plan.predicted.ms)}`
  return `Run ${formatQuantity(plan.step_count, "step")}${time}`
}

import { useMutation } from "@tanstack/react-query"

import type { ScheduleDocument, ScheduleListDocument } from "../../api/documents.ts"
import { postAction, toProblems } from "../../api/fetch-document.ts"
import { queryClient, useSession } from "../../api/use-document.ts"
import { useSubmission } from "../../api/use-submission.ts"
import { Button } from "../../ui/controls.tsx"
import { Problems } from "../../ui/layout.tsx"

import classes from "./schedules.module.css"

/** Buttons that pause or resume a schedule and execute a tick; disabled for viewers. */
export function ScheduleActions({
  schedule: { name, paused },
}: {
  readonly schedule: ScheduleDocument
}) {
  const path = `/api/schedules/${encodeURIComponent(name)}`
  const canAct = useSession()?.role === "operator"
  const tick = useSubmission(`${path}/tick`, {}, ignore)
  const pause = useMutation({
    mutationFn: () => postAction<ScheduleListDocument>(`${path}/pause`, { paused: !paused }),
    onSuccess: (list) => queryClient.setQueryData(["/api/schedules"], list),
  })
  const problems = [...tick.problems, ...(pause.error === null ? [] : toProblems(pause.error))]
  const title = canAct ? undefined : "This server is read-only for you."
  return (
    <div className={classes["actions"]}>
      <Button
        disabled={!canAct || pause.isPending}
        title={title}
        aria-label={`${paused ? "Resume" : "Pause"} ${name}`}
        onClick={() => pause.mutate()}
      >
        {pause.isPending ? "Requested…" : paused ? "Resume" : "Pause"}
      </Button>
      <Button
        disabled={!canAct || tick.state === "requested"}
        title={title}
        aria-label={`Run a tick of ${name}`}
        onClick={tick.submit}
      >
        {tick.state === "requested" ? "Requested…" : "Run a tick"}
      </Button>
      {problems.length === 0 ? null : <Problems problems={problems} />}
    </div>
  )
}

function ignore(): void {}

import { useNavigate } from "@tanstack/react-router"
import { useEffect, useState } from "react"

import type { ProblemDocument, RequestDocument } from "./documents.ts"
import { postAction, toProblems } from "./fetch-document.ts"
import { useLive } from "./live.ts"

/** A request to run something, and its problems. */
export interface Submission {
  readonly state: "ready" | "requested"
  readonly submit: () => void
  readonly problems: readonly ProblemDocument[]
}

/** Sends a request, and opens the page of its run as soon as the server has started it. `onEnd` is called then, or when nothing had to be run. */
export function useSubmission(path: string, body: object, onEnd: () => void): Submission {
  const [id, setId] = useState<string>()
  const [isSent, setIsSent] = useState(false)
  const [error, setError] = useState<unknown>()
  const navigate = useNavigate()
  const { requests, restarts } = useLive()
  const [sentRestarts, setSentRestarts] = useState(restarts)
  const request = requests.get(id ?? "")
  const isLost = id !== undefined && request === undefined && restarts > sentRestarts
  const run = request?.run
  const isOver = request?.state === "ended" && run === null
  useEffect(() => {
    if (run === undefined || (run === null && !isOver)) return
    setIsSent(false)
    setId(undefined)
    onEnd()
    if (run !== null) void navigate({ to: "/runs/$run", params: { run } })
  }, [run, isOver, navigate, onEnd])
  const submit = () => {
    setIsSent(true)
    setId(undefined)
    setSentRestarts(restarts)
    setError(undefined)
    postAction<RequestDocument>(path, body)
      .then((accepted) => setId(accepted.request))
      .catch((fault: unknown) => {
        setIsSent(false)
        setError(fault)
      })
  }
  const isRejected = request?.state === "rejected"
  const isPending = isSent && !isRejected && !isLost
  return {
    state: isPending ? "requested" : "ready",
    submit,
    problems: listProblems({ request, error, isLost }),
  }
}

function listProblems({
  request,
  error,
  isLost,
}: {
  readonly request: RequestDocument | undefined
  readonly error: unknown
  readonly isLost: boolean
}): readonly ProblemDocument[] {
  if (request?.state === "rejected") return request.problems
  if (isLost) return [lostRequest]
  return error === undefined ? [] : toProblems(error)
}

const lostRequest: ProblemDocument = {
  kind: "network",
  asset: null,
  message: "The server was restarted before the run began; it does not know the request.",
  hint: "Send it again.",
}

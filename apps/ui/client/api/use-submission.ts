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
  const request = useLive().requests.get(id ?? "")
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
    setError(undefined)
    postAction<RequestDocument>(path, body)
      .then((accepted) => setId(accepted.request))
      .catch((fault: unknown) => {
        setIsSent(false)
        setError(fault)
      })
  }
  const isRejected = request?.state === "rejected"
  const problems = isRejected ? request.problems : error === undefined ? [] : toProblems(error)
  return { state: isSent && !isRejected ? "requested" : "ready", submit, problems }
}

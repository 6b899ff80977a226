import type { ProblemDocument, ProblemsDocument } from "./documents.ts"

/** A refused or failed call, with its problems. */
class CallError extends Error {
  readonly problems: readonly ProblemDocument[]
  readonly status: number

  constructor(status: number, problems: readonly ProblemDocument[]) {
    super(problems.map(({ message }) => message).join("\n"))
    this.status = status
    this.problems = problems
  }
}

/** Reads a document. */
export function fetchDocument<T>(path: string, signal?: AbortSignal): Promise<T> {
  return call<T>(path, signal === undefined ? {} : { signal })
}

/** Sends an action. Its header keeps other sites from sending it. */
export function postAction<T>(path: string, body: object = {}): Promise<T> {
  const headers = { "content-type": "application/json", "x-freshet-action": "1" }
  return call<T>(path, { method: "POST", headers, body: JSON.stringify(body) })
}

async function call<T>(path: string, options: RequestInit): Promise<T> {
  const response = await fetch(path, options)
  const answer: unknown = await response.json().catch(() => undefined)
  if (response.status === 401) location.assign("/login")
  if (!response.ok) throw new CallError(response.status, readProblems(answer, response.status))
  return answer as T // the server's tests parse every answer with its schema
}

function readProblems(answer: unknown, status: number): readonly ProblemDocument[] {
  const { problems } = (answer ?? {}) as Partial<ProblemsDocument>
  return (
    problems ?? [
      { kind: "http", asset: null, message: `The server answered ${status}.`, hint: null },
    ]
  )
}

/** Converts an error to the problems that a page shows. */
export function toProblems(error: unknown): readonly ProblemDocument[] {
  if (error instanceof CallError) return error.problems
  const message = "The server does not answer."
  return [{ kind: "network", asset: null, message, hint: "The page reads again by itself." }]
}

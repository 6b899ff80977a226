import { FreshetError, getErrorMessage, ProblemsError } from "@freshet/core/engine"
import type { ErrorDocument } from "@freshet/services"

/** Converts a thrown error to the document that commands with --json print. */
export function toErrorDocument(error: unknown): ErrorDocument {
  const code = error instanceof FreshetError ? error.code : "fault"
  const message = getErrorMessage(error)
  const hint = error instanceof FreshetError ? (error.hint ?? null) : null
  const problems = error instanceof ProblemsError ? error.problems : [{ kind: code, message, hint }]
  const documents = problems.map(({ kind, message: sentence, hint: remedy, ...problem }) => ({
    kind,
    asset: "asset" in problem ? (problem.asset ?? null) : null,
    message: sentence,
    hint: remedy ?? null,
  }))
  const [first] = documents
  return {
    error: {
      code,
      message: first?.message ?? message,
      hint: first?.hint ?? hint,
      problems: documents,
    },
  }
}

/** Converts the text of a usage error, its remedy below the message, to the document. */
export function toUsageErrorDocument(text: string): ErrorDocument {
  const [message = "", ...hints] = text
    .trimEnd()
    .replace(/^error: /, "")
    .split("\n")
  const hint = hints.length === 0 ? null : hints.map((line) => line.trim()).join("\n")
  const problem = { kind: "usage", asset: null, message, hint }
  return { error: { code: "usage", message, hint, problems: [problem] } }
}

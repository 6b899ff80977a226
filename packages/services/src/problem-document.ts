import type { Problem } from "@freshet/core/engine"

import type { ProblemDocument } from "./documents/problem.ts"

/** Converts a problem. */
export function toProblemDocument({ kind, asset, message, hint }: Problem): ProblemDocument {
  return { kind, asset: asset ?? null, message, hint: hint ?? null }
}

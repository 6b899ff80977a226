import { FreshetError, type FreshetErrorCode, ProblemsError } from "@freshet/core/engine"

import type { ProblemsDocument } from "./documents.ts"

/** Converts an error to the problems that a page shows. A fault of the program is described without its internals. */
export function toProblems(error: unknown): ProblemsDocument {
  if (error instanceof ProblemsError)
    return {
      problems: error.problems.map(({ kind, asset, message, hint }) => ({
        kind,
        asset: asset ?? null,
        message,
        hint: hint ?? null,
      })),
    }
  if (error instanceof FreshetError)
    return {
      problems: [
        { kind: error.code, asset: null, message: error.message, hint: error.hint ?? null },
      ],
    }
  const hint = "This is a fault in Freshet, not in your data. The server printed the details."
  return { problems: [{ kind: "fault", asset: null, message: "The server failed.", hint }] }
}

const statuses: Readonly<Record<FreshetErrorCode, 400 | 409 | 422 | 500 | 503>> = {
  usage: 400,
  config: 500,
  check: 422,
  busy: 409,
  moved: 409,
  postgres: 503,
  ledger: 503,
  store: 503,
  stream: 503,
  engine: 422,
  input: 422,
  publish: 422,
  interrupted: 503,
}

/** Chooses the HTTP status of an error. */
export function getProblemStatus(error: unknown) {
  return error instanceof FreshetError ? statuses[error.code] : 500
}

import type { Computation } from "../declare/declaration.ts"
import type { Hash } from "./declared-versions.ts"

/** Hash of the text of a code computation's function, to detect a change of code without a change of `version`; undefined for SQL. */
export function computeCodeText(computation: Computation, hash: Hash): string | undefined {
  return computation.kind === "code" ? hash(computation.compute.toString()) : undefined
}

import { expectDone } from "../end-to-end/freshet-process.ts"
import { disturbCalls, type DisturbedCalls } from "./disturb-calls.ts"
import { type Fault, type FaultyResult, runWithFault } from "./fault.ts"

/** Faults of one kind. */
interface Faults extends DisturbedCalls {
  readonly kind: Fault["kind"]
  /** Asserts the end of the command that met the fault. */
  readonly expectEnd: (result: FaultyResult) => void
}

/** Lets calls of runs fail. Returns the number of faults. */
export function failCalls({ kind, expectEnd, ...calls }: Faults): Promise<number> {
  return disturbCalls(calls, async (project, { call }) => {
    const result = await runWithFault(project, { kind, call }, "materialize")
    if (result.hitCall === undefined) {
      expectDone(result)
      return undefined
    }
    expectEnd(result)
    return `${kind} at ${result.hitCall}`
  })
}

import type { StepRow } from "../../api/documents.ts"
import { formatStepId } from "./log-entries.ts"

/** The id of the log in the page of a run. */
export const logId = "log"

/** Builds the address of the log of a step in the page of its run. */
export function getLogLink(step: Pick<StepRow, "computation" | "partition">) {
  return {
    to: "/runs/$run",
    params: (params: { readonly run?: string }) => ({ run: params.run ?? "" }),
    search: { step: formatStepId(step) },
    hash: logId,
    resetScroll: false,
  } as const
}

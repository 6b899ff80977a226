import type { RunEvent } from "@freshet/core/engine"

/** Reports the events of one run to another system. */
export interface RunExporter {
  readonly report: (event: RunEvent) => void
  /** Waits a short time for what is not delivered yet. */
  readonly close: () => Promise<void>
}

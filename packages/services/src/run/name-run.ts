import type { RunEvent } from "@freshet/core/engine"

import type { Services } from "../services.ts"

/** Emits the events of one run with its id: a server emits those of several runs at once. Without an id the run names itself when it starts. */
export function nameRun(emit: Services["emit"], id?: string): (event: RunEvent) => void {
  let run = id
  return (event) => {
    if (event.kind === "run_started") run = event.run
    if (event.kind === "run_started" || event.kind === "run_ended") emit(event)
    else emit({ ...event, run })
  }
}

import { registerSchedules, setSchedulePaused } from "@freshet/io"

import { requireDefaultSchedules } from "../environments/require-default.ts"
import type { Services } from "../services.ts"
import { findSchedule, listProjectSchedules } from "./project-schedules.ts"

/** Pauses or resumes a schedule. */
export async function pauseSchedule(
  services: Services,
  { name, paused }: { readonly name: string; readonly paused: boolean },
): Promise<void> {
  requireDefaultSchedules(services.config)
  findSchedule(listProjectSchedules(services.config).schedules, name)
  await services.withLedger(async (client) => {
    await registerSchedules(client, [name])
    await setSchedulePaused(client, name, paused)
  })
}

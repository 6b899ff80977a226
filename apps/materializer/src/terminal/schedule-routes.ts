import { buildRouteMap } from "@stricli/core"

import type { ScheduleSimulateFlags } from "../commands/schedule-simulate.ts"
import type { ScheduleTickFlags } from "../commands/schedule-tick.ts"
import { defineCommand, type NoFlags } from "./define-command.ts"
import { createLimitFlag, jsonFlag, parseInstant, runFlags } from "./flags.ts"

const scheduleArg = {
  kind: "tuple",
  parameters: [{ brief: "The name of a schedule", parse: String, placeholder: "schedule" }],
} as const

const ls = defineCommand<{ readonly json: boolean }>({
  brief: "List schedules with their latest and next tick",
  examples: ["freshet schedule ls", "freshet schedule ls --json"],
  parameters: { flags: { json: jsonFlag } },
  load: async () => (await import("../commands/schedule-ls.ts")).scheduleLs,
})

const simulate = defineCommand<ScheduleSimulateFlags, [string?]>({
  brief: "List the ticks of a period",
  text: "Computes the ticks from the declarations; nothing runs. By default the next 7 days of all schedules.",
  examples: [
    "freshet schedule simulate",
    "freshet schedule simulate group:stocktwits --from 2026-03-28 --to 2026-03-31",
  ],
  parameters: {
    flags: {
      from: {
        kind: "parsed",
        parse: parseInstant,
        optional: true,
        placeholder: "time",
        brief: "Start: a day or an instant, in UTC",
      },
      to: {
        kind: "parsed",
        parse: parseInstant,
        optional: true,
        placeholder: "time",
        brief: "End: a day or an instant, in UTC",
      },
      limit: createLimitFlag(50, "ticks"),
      json: jsonFlag,
    },
    positional: {
      kind: "tuple",
      parameters: [{ ...scheduleArg.parameters[0], optional: true }],
    },
  },
  load: async () => (await import("../commands/schedule-simulate.ts")).scheduleSimulate,
})

const tick = defineCommand<ScheduleTickFlags, [string]>({
  brief: "Execute a tick of a schedule",
  text: "Records a tick and materializes the newest partitions of the schedule. With --at: the tick of that instant, unless it has ended.",
  examples: [
    "freshet schedule tick group:stocktwits",
    "freshet schedule tick group:stocktwits --at 2026-01-10T06:00:00Z",
  ],
  parameters: {
    flags: {
      at: {
        kind: "parsed",
        parse: parseInstant,
        optional: true,
        placeholder: "time",
        brief: "An instant of the cron expression",
      },
      wait: runFlags.wait,
      json: jsonFlag,
    },
    positional: scheduleArg,
  },
  load: async () => (await import("../commands/schedule-tick.ts")).scheduleTick,
})

const pause = defineCommand<NoFlags, [string]>({
  brief: "Pause a schedule: it has no ticks until it is resumed",
  examples: ["freshet schedule pause group:stocktwits"],
  parameters: { flags: {}, positional: scheduleArg },
  load: async () => (await import("../commands/schedule-pause.ts")).schedulePause,
})

const resume = defineCommand<NoFlags, [string]>({
  brief: "Resume a schedule; the ticks of the pause are skipped",
  examples: ["freshet schedule resume group:stocktwits"],
  parameters: { flags: {}, positional: scheduleArg },
  load: async () => (await import("../commands/schedule-resume.ts")).scheduleResume,
})

/** Commands about schedules. */
export const schedule = buildRouteMap({
  routes: { ls, simulate, tick, pause, resume },
  defaultCommand: "ls",
  docs: { brief: "List, simulate, execute, pause and resume schedules" },
})

import { buildRouteMap } from "@stricli/core"

import type { RunsListFlags } from "../commands/runs-list.ts"
import type { RunsLogsFlags } from "../commands/runs-logs.ts"
import type { RetryFlags } from "../commands/runs-retry.ts"
import type { RunsShowFlags } from "../commands/runs-show.ts"
import type { CommandLine } from "./command-line.ts"
import { defineCommand } from "./define-command.ts"
import { jsonFlag, createLimitFlag, publishFlag, runFlags, createSwitchFlag } from "./flags.ts"

const runArg = {
  kind: "tuple",
  parameters: [
    {
      brief: "The id of a run, or its beginning",
      parse: String,
      placeholder: "run",
      async proposeCompletions(this: CommandLine) {
        return (await import("./propose-values.ts")).proposeRuns(this)
      },
    },
  ],
} as const

const list = defineCommand<RunsListFlags>({
  brief: "List the latest runs",
  examples: ["freshet runs", "freshet runs list --limit 50"],
  parameters: { flags: { limit: createLimitFlag(20, "runs"), json: jsonFlag } },
  load: async () => (await import("../commands/runs-list.ts")).runsList,
})

const show = defineCommand<RunsShowFlags, [string]>({
  brief: "Show one run: progress, failed steps, publications",
  text: "For a large run only failed steps are listed; --steps lists all of them.",
  examples: ["freshet runs show 20260110-0700", "freshet runs show 20260110-0700 --steps"],
  parameters: {
    flags: { steps: createSwitchFlag("List every step"), json: jsonFlag },
    positional: runArg,
  },
  load: async () => (await import("../commands/runs-show.ts")).runsShow,
})

const logs = defineCommand<RunsLogsFlags, [string]>({
  brief: "Print what the code of a run's steps printed",
  text: "The console output of code assets is recorded as the log of their steps: of each attempt the first 1,000 and the last 200 lines.",
  examples: ["freshet runs logs 20260110-0700", "freshet runs logs 20260110-0700 --follow"],
  parameters: {
    flags: {
      follow: createSwitchFlag("Print further lines until the run has ended"),
      json: jsonFlag,
    },
    aliases: { f: "follow" },
    positional: runArg,
  },
  load: async () => (await import("../commands/runs-logs.ts")).runsLogs,
})

const cancel = defineCommand<{ readonly json: boolean }, [string]>({
  brief: "Ask a run of another process to stop, and wait for its end",
  text: "Running steps are undone, finished partitions are retained, and no further step starts. Exit 7 when the run has not ended after 10 seconds.",
  examples: ["freshet runs cancel 20260110-0700"],
  parameters: { flags: { json: jsonFlag }, positional: runArg },
  load: async () => (await import("../commands/runs-cancel.ts")).runsCancel,
})

const retry = defineCommand<RetryFlags, [string]>({
  brief: "Rerun the unfinished partitions of a run",
  text: "Materializes the partitions of the run that are not fresh, with their stale upstreams.",
  examples: [
    "freshet runs retry 20260110-0700",
    "freshet runs retry 20260110-0700 --dry-run      # the remaining partitions and the reasons",
  ],
  parameters: { flags: { publish: publishFlag, ...runFlags }, positional: runArg },
  load: async () => (await import("../commands/runs-retry.ts")).runsRetry,
})

/** Commands about runs. */
export const runs = buildRouteMap({
  routes: { list, show, logs, cancel, retry },
  defaultCommand: "list",
  docs: { brief: "List, show, log, cancel and retry runs" },
})

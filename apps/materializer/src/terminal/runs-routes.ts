import { buildRouteMap } from "@stricli/core"

import type { RetryFlags } from "../commands/runs-retry.ts"
import type { RunsFlags, RunsShowFlags } from "../commands/runs.ts"
import { defineCommand } from "./define-command.ts"
import { jsonFlag, createLimitFlag, publishFlag, runFlags, createSwitchFlag } from "./flags.ts"

const runArg = {
  kind: "tuple",
  parameters: [{ brief: "The run's id, or how it begins", parse: String, placeholder: "id" }],
} as const

const list = defineCommand<RunsFlags>({
  brief: "The newest runs",
  examples: ["freshet runs", "freshet runs list --limit 50"],
  parameters: { flags: { limit: createLimitFlag(20, "runs"), json: jsonFlag } },
  load: async () => (await import("../commands/runs.ts")).runs,
})

const show = defineCommand<RunsShowFlags, [string]>({
  brief: "One run: how far it is or was, what went wrong, what it published",
  text: "Of a large run the single steps are left out that went well; --steps tells all of them.",
  examples: ["freshet runs show 20260110-0700", "freshet runs show 20260110-0700 --steps"],
  parameters: {
    flags: { steps: createSwitchFlag("List every step, however many there are"), json: jsonFlag },
    positional: runArg,
  },
  load: async () => (await import("../commands/runs.ts")).runsShow,
})

const cancel = defineCommand<{ readonly json: boolean }, [string]>({
  brief: "Ask a run of another process to stop, and wait until it has",
  text: "What is under way is undone, what was made is kept, and no further step starts. Exit 7 when it has not ended after 10 seconds.",
  examples: ["freshet runs cancel 20260110-0700"],
  parameters: { flags: { json: jsonFlag }, positional: runArg },
  load: async () => (await import("../commands/runs-cancel.ts")).runsCancel,
})

const retry = defineCommand<RetryFlags, [string]>({
  brief: "Make what is left of what a run set out to make",
  text: "Of its partitions those that are not up to date now, with whatever they need; nothing that is right is made again.",
  examples: [
    "freshet runs retry 20260110-0700",
    "freshet runs retry 20260110-0700 --dry-run      # what is left, and why",
  ],
  parameters: { flags: { publish: publishFlag, ...runFlags }, positional: runArg },
  load: async () => (await import("../commands/runs-retry.ts")).runsRetry,
})

/** What was run, and what is under way. */
export const runs = buildRouteMap({
  routes: { list, show, cancel, retry },
  defaultCommand: "list",
  docs: { brief: "What was run and what is under way: list, show, cancel, retry" },
})

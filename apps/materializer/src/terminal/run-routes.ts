import type { BackfillFlags } from "../commands/backfill.ts"
import type { MaterializeFlags } from "../commands/materialize.ts"
import { defineCommand } from "./define-command.ts"
import { assetArg, partitionFlags, onlyFlag, publishFlag, runFlags } from "./flags.ts"
import { saveFlags, selectionArgs, createSwitchFlag } from "./flags.ts"
import type { RunFlags } from "./run-and-print.ts"
import { runs } from "./runs-routes.ts"

const materialize = defineCommand<MaterializeFlags, string[]>({
  brief: "Make what is not up to date, with whatever it needs, and publish it",
  text: "Without a selection: every asset. Without days: the newest partition of each.",
  examples: [
    "freshet materialize                                          # everything, newest day",
    "freshet materialize user_recs --date 2026-01-05              # one day, as of that day",
    "freshet materialize group:stocktwits --from 2026-01-01 --to 2026-01-10",
    "freshet materialize --dry-run                                # the plan only",
  ],
  parameters: {
    flags: { ...partitionFlags, only: onlyFlag, publish: publishFlag, ...runFlags },
    positional: selectionArgs,
  },
  load: async () => (await import("../commands/materialize.ts")).materialize,
})

const backfill = defineCommand<BackfillFlags, [string]>({
  brief: "Make past partitions of one asset, each as of its own day",
  text: "Makes whatever upstream of it is not up to date as well. The published tables stay at the newest day. What becomes stale downstream is named, or made too with --downstream.",
  examples: [
    "freshet backfill user_recs --date 2026-01-05",
    "freshet backfill user_recs --from 2026-01-01 --to 2026-01-10 --only missing",
    "freshet backfill follows --date 2026-01-05 --downstream --dry-run",
    "freshet backfill follows --date 2026-01-05 --inputs recorded   # does it come out the same?",
    "freshet backfill user_recs --from 2026-01-01 --save plan.json    # to be applied later",
  ],
  parameters: {
    flags: {
      ...partitionFlags,
      only: onlyFlag,
      downstream: createSwitchFlag("Also make what becomes stale downstream"),
      inputs: {
        kind: "enum",
        values: ["current", "recorded"],
        default: "current",
        brief: "recorded: make it again from what it was made from, compare, keep nothing",
      },
      ...runFlags,
      ...saveFlags,
    },
    positional: assetArg,
  },
  load: async () => (await import("../commands/backfill.ts")).backfill,
})

const apply = defineCommand<RunFlags, [string]>({
  brief: "Do exactly what a saved plan says, or nothing",
  text: "Exit 9, and nothing runs, when it is not what would be done now: the ledger moved, the code changed, other files landed.",
  examples: [
    "freshet apply plan.json",
    "freshet apply plan.json --dry-run    # does it still hold?",
  ],
  parameters: {
    flags: runFlags,
    positional: {
      kind: "tuple",
      parameters: [{ brief: "A file that --save wrote", parse: String, placeholder: "file" }],
    },
  },
  load: async () => (await import("../commands/apply.ts")).apply,
})

/** Commands that make things, and what they did. */
export const runRoutes = { materialize, backfill, apply, runs }

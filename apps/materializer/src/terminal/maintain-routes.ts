import type { GcFlags } from "../commands/gc.ts"
import type { VerifyFlags } from "../commands/verify.ts"
import type { WipeFlags } from "../commands/wipe.ts"
import { defineCommand } from "./define-command.ts"
import {
  assetArg,
  parseDuration,
  jsonFlag,
  partitionFlags,
  parsePercentage,
  runFlags,
} from "./flags.ts"
import { selectionArgs, createSwitchFlag, createWholeNumberParser } from "./flags.ts"
import { previousWipeName } from "./previous-names.ts"

const verify = defineCommand<VerifyFlags, string[]>({
  brief: "Recompute a sample of the fresh partitions and compare with the record",
  text: "Finds assets that are not deterministic and files that are changed or missing. Looks up the file of every fresh partition and recomputes a sample from the recorded inputs: at least the newest partition of each asset. Stores nothing and needs no run lock. Exit 10 when a difference is found.",
  examples: [
    "freshet verify                                  # 1% of all assets, a new sample each time",
    "freshet verify +user_recs --sample 20% --seed 7 # the same sample for the same seed",
    "freshet verify user_recs --date 2026-01-05 --sample 100%",
    "freshet verify --files                          # read every retained file, recompute nothing",
  ],
  parameters: {
    flags: {
      sample: {
        kind: "parsed",
        parse: parsePercentage,
        default: "1%",
        placeholder: "p",
        brief: "Share of the partitions to recompute, in percent",
      },
      ...partitionFlags,
      seed: {
        kind: "parsed",
        parse: createWholeNumberParser(0),
        optional: true,
        placeholder: "n",
        brief: "Random seed (default: random)",
      },
      files: createSwitchFlag("Read every retained file and recompute nothing"),
      json: jsonFlag,
    },
    positional: selectionArgs,
  },
  load: async () => (await import("../commands/verify.ts")).verify,
})

const gc = defineCommand<GcFlags>({
  brief: "Delete expired data and orphaned files",
  text: "Removes materializations that were replaced longer ago than the retention of their asset (default: 30 days) and the grace period, unless they are current again, published or inputs of retained materializations. Then deletes the files of the lake that the ledger does not reference and that are older than the grace period. Records of runs, steps, publications, ticks and alerts are deleted after FRESHET_HISTORY_DAYS (90), unless a materialization or a later run needs them. With --unpublish, tables that no declared asset is published to are dropped after a confirmation.",
  examples: [
    "freshet gc --dry-run             # show the garbage and its size",
    "freshet gc --grace 2d",
    "freshet gc --unpublish           # drop orphaned tables too, after a confirmation",
    "freshet gc --no-wait             # for cron: exit 7 while a run is in progress",
  ],
  parameters: {
    flags: {
      dryRun: createSwitchFlag("Show the garbage and delete nothing"),
      grace: {
        kind: "parsed",
        parse: parseDuration,
        default: "7d",
        placeholder: "time",
        brief: "Spare everything younger: 7d, 12h, 30m, 0",
      },
      unpublish: createSwitchFlag("Drop tables that no declared asset is published to"),
      yes: createSwitchFlag("Do not ask for confirmation"),
      wait: runFlags.wait,
      json: jsonFlag,
    },
  },
  load: async () => (await import("../commands/gc.ts")).gc,
})

const wipe = defineCommand<WipeFlags, [string]>({
  brief: "Remove every record of some partitions: they become missing",
  text: "Removes older materializations too, and those of all outputs of the same computation. The published tables stay until the next publication; the files stay until `freshet gc` deletes them. Partitions downstream are stale until the same rows are materialized again, and --inputs recorded cannot recompute them: they are listed before the confirmation.",
  examples: [
    "freshet wipe follows --date 2026-01-05 --dry-run     # show the consequences",
    "freshet wipe follows --from 2026-01-01 --to 2026-01-05",
    "freshet wipe user_recs --all --yes                   # for scripts: no confirmation",
  ],
  parameters: {
    flags: {
      ...partitionFlags,
      all: createSwitchFlag("Every partition"),
      dryRun: createSwitchFlag("Show the consequences and wipe nothing"),
      yes: createSwitchFlag("Do not ask for confirmation"),
      wait: runFlags.wait,
      json: jsonFlag,
    },
    positional: assetArg,
  },
  load: async () => (await import("../commands/wipe.ts")).wipe,
})

/** Commands that maintain stored data. */
export const maintainRoutes = { verify, wipe, [previousWipeName]: wipe, gc }

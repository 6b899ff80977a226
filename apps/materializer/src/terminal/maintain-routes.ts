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

const verify = defineCommand<VerifyFlags, string[]>({
  brief: "Make a sample of what is up to date again, and see that it comes out as recorded",
  text: "Finds assets that are not deterministic, and files that changed on disk or are gone. Looks for every file of what is up to date, and makes a sample of the partitions again from what they were made from: of each asset one at least, the newest. Changes nothing and keeps no run from working. Exit 10 when something is not as recorded.",
  examples: [
    "freshet verify                                  # 1% of everything, each time another one",
    "freshet verify +user_recs --sample 20% --seed 7 # the same sample for the same seed",
    "freshet verify user_recs --date 2026-01-05 --sample 100%",
    "freshet verify --files                          # read every file of the lake, make nothing",
  ],
  parameters: {
    flags: {
      sample: {
        kind: "parsed",
        parse: parsePercentage,
        default: "1%",
        placeholder: "p",
        brief: "How much is made again, in percent",
      },
      ...partitionFlags,
      seed: {
        kind: "parsed",
        parse: createWholeNumberParser(0),
        optional: true,
        placeholder: "n",
        brief: "What chance begins with (default: another number each time)",
      },
      files: createSwitchFlag("Read every file that is kept, and make nothing again"),
      json: jsonFlag,
    },
    positional: selectionArgs,
  },
  load: async () => (await import("../commands/verify.ts")).verify,
})

const gc = defineCommand<GcFlags>({
  brief: "Clear away what need not be kept: replaced rows, and files that nothing refers to",
  text: "Forgets materializations that were replaced longer ago than their asset's retention (30 days unless it says otherwise) and the grace period, unless they count again, are published or are what others were made from. Then removes the files of the lake that the ledger does not name and that are older than the grace period. Records of runs stay.",
  examples: [
    "freshet gc --dry-run             # what would go, and how much space it takes",
    "freshet gc --grace 2d",
    "freshet gc --no-wait             # for cron: gives way to a run (exit 7)",
  ],
  parameters: {
    flags: {
      dryRun: createSwitchFlag("Say what would go, and remove nothing"),
      grace: {
        kind: "parsed",
        parse: parseDuration,
        default: "7d",
        placeholder: "time",
        brief: "What is younger stays: 7d, 12h, 30m, 0",
      },
      yes: createSwitchFlag("Do not ask"),
      wait: runFlags.wait,
      json: jsonFlag,
    },
  },
  load: async () => (await import("../commands/gc.ts")).gc,
})

const wipe = defineCommand<WipeFlags, [string]>({
  brief: "Forget what was made of some partitions: they count as never made",
  text: "Older materializations of them are forgotten too, and with them what is made together. What is published stays as it is until something new is; the files stay until `freshet gc` removes them. What was made from the rows is not up to date until the same rows are there again, and cannot be made again with --inputs recorded: it is named, and a person is asked first.",
  examples: [
    "freshet forget follows --date 2026-01-05 --dry-run     # what it would mean",
    "freshet forget follows --from 2026-01-01 --to 2026-01-05",
    "freshet forget user_recs --all --yes                   # for scripts: does not ask",
  ],
  parameters: {
    flags: {
      ...partitionFlags,
      all: createSwitchFlag("Every partition there is"),
      dryRun: createSwitchFlag(
        "Say what would be forgotten and what would come of it; forget nothing",
      ),
      yes: createSwitchFlag("Do not ask"),
      wait: runFlags.wait,
      json: jsonFlag,
    },
    positional: assetArg,
  },
  load: async () => (await import("../commands/wipe.ts")).wipe,
})

/** Commands that look after what is kept. */
export const maintainRoutes = { verify, forget: wipe, gc }

import type { AssetsFlags } from "../commands/assets.ts"
import { type LineageFlags } from "../commands/lineage.ts"
import type { PlanFlags } from "../commands/plan.ts"
import type { ShowFlags } from "../commands/show.ts"
import type { StatusFlags } from "../commands/status.ts"
import type { WhyFlags } from "../commands/why.ts"
import { defineCommand } from "./define-command.ts"
import {
  assetArg,
  partitionFlags,
  jsonFlag,
  onlyFlag,
  partitionFlag,
  publishFlag,
  saveFlags,
  selectionArgs,
  createSwitchFlag,
  createWholeNumberParser,
} from "./flags.ts"

const status = defineCommand<StatusFlags, string[]>({
  brief: "How every asset stands: up to date or not, and late or not",
  text: "Stale is about content: what an asset is made from is not what it was made from. Late is about the clock. In a selection `stale:code` means what other code made, `stale:input` what was made from other input, `stale:upstream` what reads something that is not up to date itself; like `status:` by the newest partition, of a set of keys by the first in the worst state.",
  examples: [
    "freshet status                       # all assets at their newest partition",
    "freshet status +user_recs --stale    # what user_recs needs and is stale",
    "freshet status stale:code            # what an edit made stale",
    "freshet status --exit-code           # exit 5 unless all is up to date and on time",
  ],
  parameters: {
    flags: {
      stale: createSwitchFlag("Only assets that are stale"),
      failed: createSwitchFlag("Only assets that failed"),
      missing: createSwitchFlag("Only assets that were never made"),
      late: createSwitchFlag("Only assets that are late by their freshness policy"),
      exitCode: createSwitchFlag("Exit 5 when something is late, failed or not up to date"),
      json: jsonFlag,
    },
    positional: selectionArgs,
  },
  load: async () => (await import("../commands/status.ts")).status,
})

const plan = defineCommand<PlanFlags, string[]>({
  brief: "What materialize would do, and why; does nothing",
  examples: [
    "freshet plan                                   # for the newest partition of everything",
    "freshet plan user_recs --date 2026-01-05       # for one day of one asset",
    "freshet plan stale:code                        # what other code made",
    "freshet plan --exit-code                       # exit 6 when there is work",
    "freshet plan --save plan.json                  # for `freshet apply plan.json`",
  ],
  parameters: {
    flags: {
      ...partitionFlags,
      only: onlyFlag,
      publish: publishFlag,
      ...saveFlags,
      exitCode: createSwitchFlag("Exit 6 when there is work"),
      json: jsonFlag,
    },
    positional: selectionArgs,
  },
  load: async () => (await import("../commands/plan.ts")).plan,
})

const why = defineCommand<WhyFlags, [string]>({
  brief: "Why a partition is not up to date: the root cause, the path, what mends it",
  examples: ["freshet why user_recs", "freshet why user_recs --partition 2026-01-05"],
  parameters: { flags: { partition: partitionFlag, json: jsonFlag }, positional: assetArg },
  load: async () => (await import("../commands/why.ts")).why,
})

const assets = defineCommand<AssetsFlags, string[]>({
  brief: "The declared assets",
  examples: [
    "freshet assets                   # all",
    "freshet assets kind:source       # what others land",
    "freshet assets tag:published     # what PostgreSQL shows",
  ],
  parameters: { flags: { json: jsonFlag }, positional: selectionArgs },
  load: async () => (await import("../commands/assets.ts")).listAssets,
})

const show = defineCommand<ShowFlags, [string]>({
  brief: "One asset: data dictionary, reads, checks, state, query",
  examples: ["freshet show user_recs", "freshet show user_recs --partition 2026-01-05"],
  parameters: { flags: { partition: partitionFlag, json: jsonFlag }, positional: assetArg },
  load: async () => (await import("../commands/show.ts")).show,
})

const lineage = defineCommand<LineageFlags, string[]>({
  brief: "Where data comes from and where it goes",
  text: "One asset alone is shown with its whole lineage; --up and --down say how far. A larger selection is shown as it is.",
  examples: [
    "freshet lineage user_recs",
    "freshet lineage user_recs --up 1 --down 0",
    "freshet lineage group:stocktwits --format mermaid > lineage.mmd",
  ],
  parameters: {
    flags: {
      format: {
        kind: "enum",
        values: ["tree", "mermaid", "dot", "json"],
        default: "tree",
        brief: "How it is drawn",
      },
      up: {
        kind: "parsed",
        parse: createWholeNumberParser(0),
        optional: true,
        placeholder: "n",
        brief: "Steps upstream to add",
      },
      down: {
        kind: "parsed",
        parse: createWholeNumberParser(0),
        optional: true,
        placeholder: "n",
        brief: "Steps downstream to add",
      },
    },
    positional: selectionArgs,
  },
  load: async () => (await import("../commands/lineage.ts")).lineage,
})

/** Commands that look and change nothing. */
export const inspectRoutes = { status, plan, why, assets, show, lineage }

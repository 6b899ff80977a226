import type { AssetsFlags } from "../commands/assets.ts"
import type { LineageFlags } from "../commands/lineage.ts"
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
  repinFlag,
  saveFlags,
  selectionArgs,
  createHiddenFlag,
  createSwitchFlag,
  createWholeNumberParser,
} from "./flags.ts"

const status = defineCommand<StatusFlags, string[]>({
  brief: "Show the state of every asset: fresh, stale, missing, failed, overdue",
  text: "An asset is stale when its code or its inputs differ from those of its latest materialization. It is overdue when the deadline of its freshness policy has passed. In a selection, `stale:code` matches assets whose code changed, `stale:input` assets whose inputs changed and `stale:upstream` assets with a stale upstream. The state of an asset is that of its newest partition; with static keys, that of the first key in the worst state.",
  examples: [
    "freshet status                       # all assets at their newest partition",
    "freshet status +user_recs --stale    # stale assets among user_recs and its upstream",
    "freshet status stale:code            # assets whose code changed",
    "freshet status --exit-code           # exit 5 unless everything is fresh and on time",
  ],
  parameters: {
    flags: {
      stale: createSwitchFlag("List stale assets only"),
      failed: createSwitchFlag("List failed assets only"),
      missing: createSwitchFlag("List assets that are not materialized only"),
      overdue: createSwitchFlag("List overdue assets only"),
      late: createHiddenFlag("The previous name of --overdue"),
      exitCode: createSwitchFlag("Exit 5 when an asset is stale, missing, failed or overdue"),
      json: jsonFlag,
    },
    positional: selectionArgs,
  },
  load: async () => (await import("../commands/status.ts")).status,
})

const plan = defineCommand<PlanFlags, string[]>({
  brief: "Show the plan of materialize with its reasons; executes nothing",
  examples: [
    "freshet plan                                   # newest partition of every asset",
    "freshet plan user_recs --date 2026-01-05       # one day of one asset",
    "freshet plan stale:code                        # assets whose code changed",
    "freshet plan --exit-code                       # exit 6 when there is work",
    "freshet plan --save plan.json                  # for `freshet apply plan.json`",
  ],
  parameters: {
    flags: {
      ...partitionFlags,
      only: onlyFlag,
      repin: repinFlag,
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
  brief: "Explain the state of a partition: root causes, path, command that fixes it",
  examples: ["freshet why user_recs", "freshet why user_recs --partition 2026-01-05"],
  parameters: { flags: { partition: partitionFlag, json: jsonFlag }, positional: assetArg },
  load: async () => (await import("../commands/why.ts")).why,
})

const assets = defineCommand<AssetsFlags, string[]>({
  brief: "List the declared assets",
  examples: [
    "freshet assets                   # all assets",
    "freshet assets kind:source       # sources",
    "freshet assets tag:published     # published assets",
  ],
  parameters: { flags: { json: jsonFlag }, positional: selectionArgs },
  load: async () => (await import("../commands/assets.ts")).assets,
})

const show = defineCommand<ShowFlags, [string]>({
  brief: "Show one asset: data dictionary, reads, checks, state, query",
  examples: ["freshet show user_recs", "freshet show user_recs --partition 2026-01-05"],
  parameters: { flags: { partition: partitionFlag, json: jsonFlag }, positional: assetArg },
  load: async () => (await import("../commands/show.ts")).show,
})

const lineage = defineCommand<LineageFlags, string[]>({
  brief: "Show upstream and downstream assets",
  text: "For one asset the whole lineage is shown; --up and --down limit the number of steps. For several assets the edges between them are shown.",
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
        brief: "Output format",
      },
      json: jsonFlag,
      up: {
        kind: "parsed",
        parse: createWholeNumberParser(0),
        optional: true,
        placeholder: "n",
        brief: "Number of upstream steps",
      },
      down: {
        kind: "parsed",
        parse: createWholeNumberParser(0),
        optional: true,
        placeholder: "n",
        brief: "Number of downstream steps",
      },
    },
    positional: selectionArgs,
  },
  load: async () => (await import("../commands/lineage.ts")).lineage,
})

/** Commands that inspect the project and change nothing. */
export const inspectRoutes = { status, plan, why, assets, show, lineage }

import { buildRouteMap } from "@stricli/core"

import type { EnvCreateFlags } from "../commands/env-create.ts"
import type { EnvDiffFlags } from "../commands/env-diff.ts"
import type { EnvDropFlags } from "../commands/env-drop.ts"
import type { EnvPromoteFlags } from "../commands/env-promote.ts"
import { defineCommand } from "./define-command.ts"
import { createLimitFlag, jsonFlag, keyFlag, partitionFlag, runFlags } from "./flags.ts"

const environmentArg = {
  kind: "tuple",
  parameters: [{ brief: "Name of the environment", parse: String, placeholder: "name" }],
} as const

const create = defineCommand<EnvCreateFlags, [string]>({
  brief: "Create an environment with the materializations of the default one",
  text: "An environment has records and published tables of its own, in schemas such as stocktwits__pr_42, and shares the files of the lake. Commands run in it with --env NAME or FRESHET_ENV. Only what differs is computed and stored.",
  examples: ["freshet env create pr-42    # then: freshet --env pr-42 materialize"],
  parameters: { flags: { wait: runFlags.wait, json: jsonFlag }, positional: environmentArg },
  load: async () => (await import("../commands/env-create.ts")).envCreate,
})

const list = defineCommand<{ readonly json: boolean }>({
  brief: "List the environments, with the files that only they have",
  examples: ["freshet env list"],
  parameters: { flags: { json: jsonFlag } },
  load: async () => (await import("../commands/env-list.ts")).envList,
})

const drop = defineCommand<EnvDropFlags, [string]>({
  brief: "Drop the records and the published tables of an environment",
  text: "The files that only the environment has stay until `freshet gc` deletes them.",
  examples: ["freshet env drop pr-42", "freshet env drop pr-42 --yes   # for scripts"],
  parameters: {
    flags: { yes: runFlags.yes, wait: runFlags.wait, json: jsonFlag },
    positional: environmentArg,
  },
  load: async () => (await import("../commands/env-drop.ts")).envDrop,
})

const diff = defineCommand<EnvDiffFlags, [string, string?]>({
  brief: "Compare it with the default environment: assets, or the rows of one by key",
  text: "Lists the partitions whose newest rows have other data versions. With an asset, the rows of one partition are compared as by `freshet data diff`: from those of the default environment to those of the environment.",
  examples: [
    "freshet env diff pr-42",
    "freshet env diff pr-42 user_recs                # the rows of the newest partition",
    "freshet env diff pr-42 user_recs --partition 2026-01-05 --key user_id,rec_id",
  ],
  parameters: {
    flags: {
      partition: partitionFlag,
      key: keyFlag,
      limit: createLimitFlag(20, "rows"),
      json: jsonFlag,
    },
    positional: {
      kind: "tuple",
      parameters: [
        ...environmentArg.parameters,
        { brief: "Name of an asset", parse: String, placeholder: "asset", optional: true },
      ],
    },
  },
  load: async () => (await import("../commands/env-diff.ts")).envDiff,
})

const promote = defineCommand<EnvPromoteFlags, [string]>({
  brief: "Make its materializations current in the default environment, and publish them",
  text: "Runs no step: partitions that are fresh in the environment and not in the default one, with the code of this project and the files that are landed now, become current, and the published tables change once. Partitions that are fresh in the default environment stay as they are. Waits until no run is under way. The environment stays until it is dropped.",
  examples: [
    "freshet env promote pr-42",
    "freshet env promote pr-42 --no-wait   # exit 7 while a run is under way",
  ],
  parameters: { flags: { wait: runFlags.wait, json: jsonFlag }, positional: environmentArg },
  load: async () => (await import("../commands/env-promote.ts")).envPromote,
})

/** Commands about environments. */
export const env = buildRouteMap({
  routes: { create, list, diff, promote, drop },
  docs: {
    brief: "Try changes beside the default environment: create, list, compare, promote, drop",
  },
})

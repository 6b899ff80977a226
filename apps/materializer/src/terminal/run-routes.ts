import type { BackfillFlags } from "../commands/backfill.ts"
import type { MaterializeFlags } from "../commands/materialize.ts"
import type { PublishFlags } from "../commands/publish.ts"
import type { ServeFlags } from "../commands/serve.ts"
import type { WorkerFlags } from "../commands/worker.ts"
import { alerts } from "./alerts-routes.ts"
import { defineCommand } from "./define-command.ts"
import {
  assetArg,
  logFlag,
  onlyFlag,
  partitionFlags,
  publishFlag,
  repinFlag,
  runFlags,
} from "./flags.ts"
import { saveFlags, selectionArgs, createSwitchFlag, createWholeNumberParser } from "./flags.ts"
import { land } from "./land-routes.ts"
import type { RunFlags } from "./run-and-print.ts"
import { runs } from "./runs-routes.ts"
import { schedule } from "./schedule-routes.ts"

const materialize = defineCommand<MaterializeFlags, string[]>({
  brief: "Materialize stale assets and their stale upstreams, then publish",
  text: "Without a selection: all assets. Without partitions: the newest partition of each asset.",
  examples: [
    "freshet materialize                                          # all assets, newest day",
    "freshet materialize user_recs --date 2026-01-05              # one past day",
    "freshet materialize group:stocktwits --from 2026-01-01 --to 2026-01-10",
    "freshet materialize --dry-run                                # print the plan only",
  ],
  parameters: {
    flags: {
      ...partitionFlags,
      only: onlyFlag,
      repin: repinFlag,
      publish: publishFlag,
      ...runFlags,
    },
    positional: selectionArgs,
  },
  load: async () => (await import("../commands/materialize.ts")).materialize,
})

const backfill = defineCommand<BackfillFlags, [string]>({
  brief: "Materialize past partitions of one asset",
  text: "Materializes stale upstream partitions first. The published tables stay at the newest partition. The partitions downstream that become stale are listed; --downstream materializes them too.",
  examples: [
    "freshet backfill user_recs --date 2026-01-05",
    "freshet backfill user_recs --from 2026-01-01 --to 2026-01-10 --only missing",
    "freshet backfill follows --date 2026-01-05 --downstream --dry-run",
    "freshet backfill follows --date 2026-01-05 --inputs recorded   # compare with the recorded rows",
    "freshet backfill user_recs --from 2026-01-01 --save plan.json    # for `freshet apply plan.json`",
  ],
  parameters: {
    flags: {
      ...partitionFlags,
      only: onlyFlag,
      repin: repinFlag,
      downstream: createSwitchFlag("Also materialize the partitions downstream that become stale"),
      inputs: {
        kind: "enum",
        values: ["current", "recorded"],
        default: "current",
        brief: "recorded: recompute from the recorded inputs and compare; nothing is stored",
      },
      ...runFlags,
      ...saveFlags,
    },
    positional: assetArg,
  },
  load: async () => (await import("../commands/backfill.ts")).backfill,
})

const apply = defineCommand<RunFlags, [string]>({
  brief: "Execute a saved plan exactly, or nothing",
  text: "Exit 9, and nothing runs, when the plan has become outdated: the ledger, the code or the landed files changed.",
  examples: [
    "freshet apply plan.json",
    "freshet apply plan.json --dry-run    # check that the plan is still valid",
  ],
  parameters: {
    flags: runFlags,
    positional: {
      kind: "tuple",
      parameters: [{ brief: "A plan file written by --save", parse: String, placeholder: "file" }],
    },
  },
  load: async () => (await import("../commands/apply.ts")).apply,
})

const worker = defineCommand<WorkerFlags>({
  brief: "Execute steps of the runs of other processes, and due ticks",
  text: "Works until SIGTERM or Ctrl-C on a machine that shares lake and database with others. The process that started a run publishes and ends it.",
  examples: ["freshet worker", "freshet worker --log json"],
  parameters: { flags: { log: logFlag } },
  load: async () => (await import("../commands/worker.ts")).worker,
})

const serve = defineCommand<ServeFlags>({
  brief: "Execute the ticks of schedules as they become due",
  text: "Works until SIGTERM or Ctrl-C: running steps are undone, and the next scheduler executes the tick again. Any number of schedulers may work on one database: each tick makes one run. Serves the web page, and answers /healthz, /readyz and /metrics over HTTP. On an address that other machines reach, the page needs FRESHET_UI_TOKEN. With FRESHET_KAFKA_BROKERS, the declared streams land too.",
  examples: [
    "freshet serve",
    "freshet serve --host 0.0.0.0 --port 8080 --log json",
    "freshet serve --once    # for cron: execute what is due, and exit",
  ],
  parameters: {
    flags: {
      once: createSwitchFlag("Execute what is due, and exit"),
      host: {
        kind: "parsed",
        parse: String,
        default: "127.0.0.1",
        placeholder: "address",
        brief: "Address on which HTTP is served",
      },
      port: {
        kind: "parsed",
        parse: createWholeNumberParser(0),
        default: "4700",
        placeholder: "n",
        brief: "Port on which HTTP is served; 0 for any free one",
      },
      log: logFlag,
    },
  },
  load: async () => (await import("../commands/serve.ts")).serve,
})

const publish = defineCommand<PublishFlags, string[]>({
  brief: "Publish stored rows that the published tables do not have",
  text: "Materializes nothing. Without a selection: all publication sets. --dry-run compares the tables in PostgreSQL with the stored rows and changes nothing.",
  examples: [
    "freshet publish --dry-run                  # counts and first changed rows of each table",
    "freshet publish user_recs --dry-run --sample 20",
    "freshet publish",
  ],
  parameters: {
    flags: {
      dryRun: createSwitchFlag("Print the changed rows and publish nothing"),
      sample: {
        kind: "parsed",
        parse: createWholeNumberParser(0),
        default: "3",
        placeholder: "n",
        brief: "Rows of each kind and table that a dry run shows",
      },
      wait: runFlags.wait,
      json: runFlags.json,
      jsonl: runFlags.jsonl,
    },
    positional: selectionArgs,
  },
  load: async () => (await import("../commands/publish.ts")).publish,
})

/** Commands that run steps. */
export const runRoutes = {
  materialize,
  backfill,
  apply,
  publish,
  runs,
  schedule,
  serve,
  worker,
  land,
  alerts,
}

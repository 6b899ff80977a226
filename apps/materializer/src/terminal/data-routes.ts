import { buildRouteMap } from "@stricli/core"

import type { DataExportFlags } from "../commands/data-export.ts"
import type { DataHeadFlags } from "../commands/data-head.ts"
import type { DataQuarantineFlags } from "../commands/data-quarantine.ts"
import type { DemoDataFlags } from "../commands/demo-data.ts"
import type { SqlFlags } from "../commands/sql.ts"
import { defineCommand } from "./define-command.ts"
import {
  assetArg,
  jsonFlag,
  createLimitFlag,
  partitionFlag,
  rowsFlags,
  createSwitchFlag,
} from "./flags.ts"
import { createWholeNumberParser } from "./flags.ts"

const head = defineCommand<DataHeadFlags, [string]>({
  brief: "The first rows of a partition",
  examples: [
    "freshet data head user_recs",
    "freshet data head follows --partition 2026-01-05 --limit 5",
    "freshet data head user_recs --json",
    "freshet data head user_recs --refused      # what a check did not let pass",
  ],
  parameters: {
    flags: {
      partition: partitionFlag,
      refused: createSwitchFlag("The rows that a check refused instead"),
      limit: createLimitFlag(20, "rows"),
      ...rowsFlags,
    },
    positional: assetArg,
  },
  load: async () => (await import("../commands/data-head.ts")).dataHead,
})

const schema = defineCommand<{ readonly json: boolean }, [string]>({
  brief: "The columns of an asset: types, units, meaning",
  examples: ["freshet data schema user_recs"],
  parameters: { flags: { json: jsonFlag }, positional: assetArg },
  load: async () => (await import("../commands/data-schema.ts")).dataSchema,
})

const exportRows = defineCommand<DataExportFlags, [string]>({
  brief: "Write a partition to a file, or to a pipe",
  examples: [
    "freshet data export user_recs --format parquet --output user_recs.parquet",
    "freshet data export follows --partition 2026-01-05 --format csv | head",
  ],
  parameters: {
    flags: {
      partition: partitionFlag,
      format: {
        kind: "enum",
        values: ["parquet", "arrow", "csv", "jsonl"],
        brief: "How the rows are written",
      },
      output: {
        kind: "parsed",
        parse: String,
        optional: true,
        placeholder: "file",
        brief: "The file to write (default: the pipe)",
      },
    },
    positional: assetArg,
  },
  load: async () => (await import("../commands/data-export.ts")).dataExport,
})

const quarantine = defineCommand<DataQuarantineFlags, [string]>({
  brief: "Lines of a source that could not be taken: file, line number, reason",
  examples: [
    "freshet data quarantine activity_log",
    "freshet data quarantine activity_log --partition 2026-01-05 --json",
  ],
  parameters: {
    flags: { partition: partitionFlag, limit: createLimitFlag(50, "lines"), json: jsonFlag },
    positional: assetArg,
  },
  load: async () => (await import("../commands/data-quarantine.ts")).dataQuarantine,
})

const data = buildRouteMap({
  routes: { head, schema, export: exportRows, quarantine },
  docs: { brief: "Rows, columns, exports and quarantined lines" },
})

const sql = defineCommand<SqlFlags, string[]>({
  brief: "Query the assets by name with SQL",
  text: 'An asset\'s name means its newest partition, "name@2026-01-05" the one of that key, "name@all" every one there is.',
  examples: [
    'freshet sql "select count(*) from user_recs"',
    `freshet sql 'select * from "user_recs@2026-01-05" order by weight desc' --limit 10`,
    'freshet sql "select action, count(*) as lines from activity_log group by all" --csv',
    'freshet sql --published "select * from stocktwits.user_recs" --limit 10',
  ],
  parameters: {
    flags: {
      published: createSwitchFlag("Query the published tables in PostgreSQL instead"),
      limit: createLimitFlag(100, "rows"),
      ...rowsFlags,
    },
    positional: {
      kind: "array",
      parameter: { brief: "The query", parse: String, placeholder: "query" },
    },
  },
  load: async () => (await import("../commands/sql.ts")).sql,
})

const demoData = defineCommand<DemoDataFlags>({
  brief: "Land made-up activity and films: the same seed gives the same bytes",
  examples: [
    "freshet demo-data                                    # 7 days of S",
    "freshet demo-data --days 30 --scale M --seed 7",
    "freshet demo-data --landing /tmp/landing --clean     # into another folder, emptied first",
    "freshet demo-data --group movies                     # films and ratings alone",
  ],
  parameters: {
    flags: {
      days: {
        kind: "parsed",
        parse: createWholeNumberParser(1),
        default: "7",
        placeholder: "n",
        brief: "How many days",
      },
      scale: {
        kind: "enum",
        values: ["S", "M", "L"],
        default: "S",
        brief:
          "200 thousand, 5 million or 50 million events a week; 40 thousand, 1 or 26 million ratings",
      },
      seed: {
        kind: "parsed",
        parse: createWholeNumberParser(0),
        default: "1",
        placeholder: "k",
        brief: "What chance begins with",
      },
      until: {
        kind: "parsed",
        parse: String,
        default: "2026-01-10",
        placeholder: "day",
        brief: "The last day",
      },
      landing: {
        kind: "parsed",
        parse: String,
        optional: true,
        placeholder: "folder",
        brief: "Where the files are landed (default: the landing zone)",
      },
      group: {
        kind: "enum",
        values: ["stocktwits", "movies"],
        optional: true,
        brief: "The group to make data up for (default: both)",
      },
      clean: createSwitchFlag("Remove the groups' files that are there first"),
      json: jsonFlag,
    },
  },
  load: async () => (await import("../commands/demo-data.ts")).demoData,
})

const demo = defineCommand({
  brief:
    "The whole way once, on made-up data: recommendations, and answers about films, in PostgreSQL",
  text: "Works in .freshet/demo, apart from your own data; every other command does so with --demo.",
  examples: ["freshet demo"],
  data: "demo",
  parameters: { flags: {} },
  load: async () => (await import("../commands/demo.ts")).demo,
})

/** Commands that show or land rows. */
export const dataRoutes = { data, sql, demoData, demo }

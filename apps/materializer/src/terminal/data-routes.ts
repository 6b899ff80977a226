import { buildRouteMap } from "@stricli/core"

import type { DataDiffFlags } from "../commands/data-diff.ts"
import type { DataExportFlags } from "../commands/data-export.ts"
import type { DataHeadFlags } from "../commands/data-head.ts"
import type { DataQuarantineFlags } from "../commands/data-quarantine.ts"
import type { DemoDataFlags } from "../commands/demo-data.ts"
import type { ProvenanceFlags } from "../commands/provenance.ts"
import type { SqlFlags } from "../commands/sql.ts"
import { defineCommand } from "./define-command.ts"
import {
  assetArg,
  jsonFlag,
  keyFlag,
  createLimitFlag,
  partitionFlag,
  partitionFlags,
  rowsFlags,
  rowsLimitFlag,
  createHiddenFlag,
  createSwitchFlag,
} from "./flags.ts"
import { createWholeNumberParser } from "./flags.ts"

const head = defineCommand<DataHeadFlags, [string]>({
  brief: "Print the first rows of a partition",
  examples: [
    "freshet data head user_recs",
    "freshet data head follows --partition 2026-01-05 --limit 5",
    "freshet data head user_recs --json",
    "freshet data head user_recs --failed-rows      # rows that failed a check",
  ],
  parameters: {
    flags: {
      partition: partitionFlag,
      failedRows: createSwitchFlag("Print the rows that failed a check instead"),
      refused: createHiddenFlag("The previous name of --failed-rows"),
      limit: { ...rowsLimitFlag, default: "20", brief: "Maximum number of rows, or all" },
      ...rowsFlags,
    },
    positional: assetArg,
  },
  load: async () => (await import("../commands/data-head.ts")).dataHead,
})

const diff = defineCommand<DataDiffFlags, [string]>({
  brief: "Compare two partitions, or two versions of a partition, by key",
  text: "Rows are identified by the columns of the first unique check, or by --key; without a key, whole rows are compared. Without --from, the previous version of the partition is compared, or else the partition before it.",
  examples: [
    "freshet data diff user_recs                    # the newest partition with its previous version",
    "freshet data diff user_recs --from 2026-01-04 --to 2026-01-05",
    "freshet data diff cpi --from-version 12 --key month",
  ],
  parameters: {
    flags: {
      from: { ...partitionFlag, brief: "Partition to compare with" },
      fromVersion: createVersionFlag("Version to compare with"),
      to: { ...partitionFlag, brief: "Partition to compare (default: the newest)" },
      toVersion: createVersionFlag("Version to compare (default: the current one)"),
      key: keyFlag,
      limit: createLimitFlag(20, "rows"),
      json: jsonFlag,
    },
    positional: assetArg,
  },
  load: async () => (await import("../commands/data-diff.ts")).dataDiff,
})

function createVersionFlag(brief: string) {
  return {
    kind: "parsed",
    parse: createWholeNumberParser(1),
    optional: true,
    placeholder: "number",
    brief,
  } as const
}

const schema = defineCommand<{ readonly json: boolean }, [string]>({
  brief: "Show the columns of an asset: types, units, descriptions",
  examples: ["freshet data schema user_recs"],
  parameters: { flags: { json: jsonFlag }, positional: assetArg },
  load: async () => (await import("../commands/data-schema.ts")).dataSchema,
})

const exportRows = defineCommand<DataExportFlags, [string]>({
  brief: "Export partitions to a file or a pipe",
  text: "Without --format the name of the output file says the format: .parquet, .arrow (the IPC file format), .arrows (the IPC streaming format), .csv, .jsonl.",
  examples: [
    "freshet data export user_recs --output user_recs.parquet",
    "freshet data export follows --from 2026-01-05 --to 2026-01-07 --output follows.csv --force",
    "freshet data export follows --partition all --format arrow-stream | python3 read.py",
  ],
  parameters: {
    flags: {
      partition: { ...partitionFlag, brief: "Partition by key, or all (default: the newest)" },
      from: { ...partitionFlags.from, brief: "The first partition of a range" },
      to: { ...partitionFlags.to, brief: "The last partition of a range" },
      format: {
        kind: "enum",
        values: ["parquet", "arrow", "arrow-stream", "csv", "jsonl"],
        optional: true,
        brief: "Output format (default: from the name of the file)",
      },
      output: {
        kind: "parsed",
        parse: String,
        optional: true,
        placeholder: "file",
        brief: "Output file (default: standard output)",
      },
      force: createSwitchFlag("Replace an existing file"),
    },
    positional: assetArg,
  },
  load: async () => (await import("../commands/data-export.ts")).dataExport,
})

const quarantine = defineCommand<DataQuarantineFlags, [string]>({
  brief: "List quarantined lines of a source: file, line number, reason",
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
  routes: { head, diff, schema, export: exportRows, quarantine },
  docs: { brief: "Read and compare rows, columns and quarantined lines; export partitions" },
})

const provenance = defineCommand<ProvenanceFlags, string[]>({
  brief: "Find the landed lines that made a row of an asset or a published table",
  text: "The key of a row is the values of the asset's first unique check in their order, or column=value for any columns. Every line that can matter is left out, and the recorded inputs are computed again: a line made the row if the row changes without it, alone or together with other lines.",
  examples: [
    "freshet provenance user_recs 12 34",
    "freshet provenance user_recs user_id=12 rec_id=34 --partition 2026-01-05",
    "freshet provenance stocktwits.users 12 --json",
  ],
  parameters: {
    flags: { partition: partitionFlag, limit: createLimitFlag(200, "lines"), json: jsonFlag },
    positional: {
      kind: "array",
      minimum: 1,
      parameter: {
        brief: "An asset or a published table, and the key of a row",
        parse: String,
        placeholder: "table key",
      },
    },
  },
  load: async () => (await import("../commands/provenance.ts")).provenance,
})

const sql = defineCommand<SqlFlags, string[]>({
  brief: "Query the assets by name with SQL",
  text: 'The name of an asset stands for its newest stored partition, "name@2026-01-05" for the partition with that key, "name@all" for every stored partition.',
  examples: [
    'freshet sql "select count(*) from user_recs"',
    `freshet sql 'select * from "user_recs@2026-01-05" order by weight desc' --limit 10`,
    'freshet sql "select action, count(*) as lines from activity_log group by all" --csv',
    'freshet sql --published "select * from stocktwits.user_recs" --limit 10',
  ],
  parameters: {
    flags: {
      published: createSwitchFlag("Query the published tables in PostgreSQL instead"),
      limit: {
        ...rowsLimitFlag,
        optional: true,
        brief: "Maximum number of rows, or all (default: 100; all rows of piped --csv or --json)",
      },
      ...rowsFlags,
    },
    positional: {
      kind: "array",
      parameter: { brief: "A select statement", parse: String, placeholder: "query" },
    },
  },
  load: async () => (await import("../commands/sql.ts")).sql,
})

const demoData = defineCommand<DemoDataFlags>({
  brief: "Generate sample files in the landing zone; equal seeds give equal bytes",
  examples: [
    "freshet demo-data                                    # 7 days of size S",
    "freshet demo-data --days 30 --scale M --seed 7",
    "freshet demo-data --landing /tmp/landing --clean     # another folder, emptied first",
    "freshet demo-data --group movies                     # films and ratings only",
  ],
  parameters: {
    flags: {
      days: {
        kind: "parsed",
        parse: createWholeNumberParser(1),
        default: "7",
        placeholder: "n",
        brief: "Number of days",
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
        brief: "Random seed",
      },
      until: {
        kind: "parsed",
        parse: String,
        default: "2026-01-10",
        placeholder: "day",
        brief: "Last day",
      },
      landing: {
        kind: "parsed",
        parse: String,
        optional: true,
        placeholder: "folder",
        brief: "Folder for the files (default: the landing zone)",
      },
      group: {
        kind: "parsed",
        parse: String,
        optional: true,
        placeholder: "name",
        brief: "Group of assets (default: all)",
      },
      clean: createSwitchFlag("Remove the existing files of the groups first"),
      json: jsonFlag,
    },
  },
  load: async () => (await import("../commands/demo-data.ts")).demoData,
})

const demo = defineCommand({
  brief: "Run a complete example on generated files, up to published tables in PostgreSQL",
  text: "The demo has its own data in .freshet/demo. Every other command works on it with --demo.",
  examples: ["freshet demo"],
  data: "demo",
  parameters: { flags: {} },
  load: async () => (await import("../commands/demo.ts")).demo,
})

/** Commands that read rows or generate files. */
export const dataRoutes = { data, provenance, sql, demoData, demo }

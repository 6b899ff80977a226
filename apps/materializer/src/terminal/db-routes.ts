import { buildRouteMap } from "@stricli/core"

import type { PsqlFlags } from "../commands/db-psql.ts"
import { defineCommand } from "./define-command.ts"
import { jsonFlag } from "./flags.ts"

const url = defineCommand({
  brief: "Print the URL of the database, without a password",
  examples: ["freshet db url"],
  parameters: { flags: {} },
  load: async () => (await import("../commands/db-url.ts")).dbUrl,
})

const up = defineCommand({
  brief: "Start the embedded server for other programs, and print its URL",
  text: "The server listens on a socket in the state folder, not on the network. It stays up until `freshet db down`.",
  examples: ["freshet db up"],
  parameters: { flags: {} },
  load: async () => (await import("../commands/db-up.ts")).dbUp,
})

const down = defineCommand({
  brief: "Let the embedded server stop when no command uses it",
  examples: ["freshet db down"],
  parameters: { flags: {} },
  load: async () => (await import("../commands/db-down.ts")).dbDown,
})

const status = defineCommand<{ readonly json: boolean }>({
  brief: "Print where the database is, and if the embedded server runs",
  examples: ["freshet db status"],
  parameters: { flags: { json: jsonFlag } },
  load: async () => (await import("../commands/db-status.ts")).dbStatus,
})

const psql = defineCommand<PsqlFlags>({
  brief: "Run psql on the database",
  text: "Without psql on this machine Freshet answers the query of -c itself.",
  examples: ["freshet db psql", 'freshet db psql -c "select * from shop.product_sales"'],
  parameters: {
    flags: {
      command: {
        kind: "parsed",
        parse: String,
        optional: true,
        placeholder: "query",
        brief: "Run one query and end",
      },
    },
    aliases: { c: "command" },
  },
  load: async () => (await import("../commands/db-psql.ts")).dbPsql,
})

/** Commands about the database. */
export const db = buildRouteMap({
  routes: { status, url, up, down, psql },
  defaultCommand: "status",
  docs: { brief: "Find the database, keep it up for other programs, open psql" },
})

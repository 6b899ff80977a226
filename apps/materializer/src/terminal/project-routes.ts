import type { DeclarationRequest } from "@freshet/services"

import type { MigrateFlags } from "../commands/migrate.ts"
import { defineCommand, type NoFlags } from "./define-command.ts"
import { createSwitchFlag, jsonFlag } from "./flags.ts"

const init = defineCommand<NoFlags, [string?]>({
  brief: "Create a project: a source with sample files, two assets, a published table",
  text: "Files that exist are not changed; a package.json receives the scripts and dependencies that it lacks.",
  examples: ["freshet init", "freshet init shop"],
  data: "none",
  parameters: {
    flags: {},
    positional: {
      kind: "tuple",
      parameters: [
        {
          brief: "Folder of the project (default: the working folder)",
          placeholder: "folder",
          parse: String,
          optional: true,
        },
      ],
    },
  },
  load: async () => (await import("../commands/init.ts")).init,
})

const create = defineCommand<{ readonly group: string }, [DeclarationRequest["kind"], string]>({
  brief: "Write the file of a new asset or source, and add it to the configuration",
  examples: ["freshet new asset weekly_sales", "freshet new source refunds --group shop"],
  data: "none",
  parameters: {
    flags: {
      group: {
        kind: "parsed",
        parse: String,
        default: "main",
        placeholder: "name",
        brief: "Group of the asset",
      },
    },
    positional: {
      kind: "tuple",
      parameters: [
        {
          brief: "asset or source",
          placeholder: "kind",
          parse: (text: string) => {
            if (text === "asset" || text === "source") return text
            throw new RangeError(`"${text}" is neither asset nor source`)
          },
        },
        { brief: "Name in snake case", placeholder: "name", parse: String },
      ],
    },
  },
  load: async () => (await import("../commands/new.ts")).createDeclaration,
})

const migrate = defineCommand<MigrateFlags>({
  brief: "Apply, check or write the migrations of the published tables",
  text: "Every command applies new migrations before it reads the database, so `freshet migrate` is for deployments. --check exits 6 if the declared tables have changes that no migration makes. --generate writes the migration with drizzle-kit and the project's drizzle.config.ts. The ledger's own migrations come with Freshet.",
  examples: [
    "freshet migrate",
    "freshet migrate --check                       # for CI: exit 6 if a migration is missing",
    "freshet migrate --generate --name add_revenue",
  ],
  parameters: {
    flags: {
      check: createSwitchFlag("Check that the migrations make the declared tables"),
      generate: createSwitchFlag("Write the migration that the declared tables need"),
      name: {
        kind: "parsed",
        parse: String,
        optional: true,
        placeholder: "name",
        brief: "Name of the migration's file",
      },
      json: jsonFlag,
    },
  },
  load: async () => (await import("../commands/migrate.ts")).migrate,
})

/** Commands that write the files of a project. */
export const projectRoutes = { init, new: create, migrate }

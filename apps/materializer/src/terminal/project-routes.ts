import type { DeclarationRequest } from "@freshet/services"

import { defineCommand, type NoFlags } from "./define-command.ts"

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

/** Commands that write the files of a project. */
export const projectRoutes = { init, new: create }

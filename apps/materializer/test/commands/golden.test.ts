import {
  type Application,
  type CommandContext,
  generateHelpTextForAllCommands,
} from "@stricli/core"
import { expect, test } from "vitest"

import { buildRootHelp } from "../../src/terminal/build-root-help.ts"
import { application } from "../../src/terminal/routes.ts"
import { runCommand } from "../fixtures/fake-command-line.ts"
import { correctedProject } from "../fixtures/project-states.ts"

/** The command lines whose output is in the golden file of a command, below its help. */
const commandLines: Readonly<Record<string, readonly string[]>> = {
  status: ["status", "status --json"],
  why: ["why best_items", "why best_items --json"],
  assets: ["assets", "assets --json"],
  show: ["show best_items", "show best_items --json"],
  lineage: [
    "lineage best_items",
    "lineage best_items --format mermaid",
    "lineage best_items --format dot",
    "lineage best_items --format json",
  ],
  "data schema": ["data schema items", "data schema items --json"],
}

const helps = generateHelpTextForAllCommands(application as unknown as Application<CommandContext>) // no help needs more of the context

test.each(helps)("%s prints its golden file", async (route, help) => {
  const command = route.replace(/^freshet /, "")
  const transcripts = [`$ ${route} --help`, help]
  for (const line of commandLines[command] ?? []) {
    const { out, err } = await runCommand(correctedProject, line.split(" "))
    transcripts.push(`$ freshet ${line}`, `${out}${err}`)
  }
  const fileName = command.replaceAll(" ", "-")
  await expect(transcripts.join("\n")).toMatchFileSnapshot(`golden/${fileName}.txt`)
})

test("the root help prints its golden file", async () => {
  const lines = buildRootHelp({ color: false, unicode: true, columns: undefined })
  await expect(`${lines.join("\n")}\n`).toMatchFileSnapshot("golden/freshet.txt")
})

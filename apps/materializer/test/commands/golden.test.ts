import { schedule } from "@freshet/core"
import type { Project } from "@freshet/services"
import {
  type Application,
  type CommandContext,
  generateHelpTextForAllCommands,
} from "@stricli/core"
import { expect, test } from "vitest"

import { buildRootHelp } from "../../src/terminal/build-root-help.ts"
import { application } from "../../src/terminal/routes.ts"
import { createCollectableProject, lakeFiles } from "../fixtures/collectable-project.ts"
import { createExecutableProject } from "../fixtures/executable-project.ts"
import { runCommand } from "../fixtures/fake-command-line.ts"
import { correctedProject } from "../fixtures/project-states.ts"
import { recordedRunProject } from "../fixtures/recorded-runs.ts"
import { createWipeableProject } from "../fixtures/wipeable-project.ts"

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
  plan: ["plan", "plan --json"],
  materialize: ["materialize", "materialize --json"],
  backfill: [
    "backfill items --date 2026-01-03 --downstream --dry-run",
    "backfill items --date 2026-01-03",
  ],
  "runs list": ["runs", "runs list --json"],
  "runs show": ["runs show 2026", "runs show 2026 --json"],
  "schedule simulate": [
    "schedule simulate --to 2026-01-08",
    "schedule simulate group:shop --from 2026-03-28 --to 2026-03-30T12:00Z --json",
  ],
  wipe: ["wipe items --to 2026-01-03 --dry-run", "wipe items --to 2026-01-03 --yes --json"],
  gc: ["gc --dry-run", "gc --json"],
}

/** The corrected project with a schedule in London, where clocks go forward on 2026-03-29. */
const scheduledProject: Project = {
  ...correctedProject,
  config: {
    ...correctedProject.config,
    automation: { shop: schedule("30 1 * * *", { zone: "Europe/London" }) },
  },
}

/** The projects of the commands that need more than the corrected project. */
const commandProjects: Readonly<Record<string, Project>> = {
  materialize: createExecutableProject(correctedProject),
  backfill: createExecutableProject(correctedProject),
  "schedule simulate": scheduledProject,
  "runs list": recordedRunProject,
  "runs show": recordedRunProject,
  wipe: createWipeableProject(2).project,
  gc: createCollectableProject(lakeFiles).project,
}

const helps = generateHelpTextForAllCommands(application as unknown as Application<CommandContext>) // no help needs more of the context

test.each(helps)("%s prints its golden file", async (route, help) => {
  const command = route.replace(/^freshet /, "")
  const project = commandProjects[command] ?? correctedProject
  const transcripts = [`$ ${route} --help`, help]
  for (const line of commandLines[command] ?? []) {
    const { out, err } = await runCommand(project, line.split(" "))
    transcripts.push(`$ freshet ${line}`, `${out}${err}`)
  }
  const fileName = command.replaceAll(" ", "-")
  await expect(transcripts.join("\n")).toMatchFileSnapshot(`golden/${fileName}.txt`)
})

test("the root help prints its golden file", async () => {
  const lines = buildRootHelp({ color: false, unicode: true, columns: undefined })
  await expect(`${lines.join("\n")}\n`).toMatchFileSnapshot("golden/freshet.txt")
})

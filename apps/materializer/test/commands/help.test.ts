import {
  type Application,
  type CommandContext,
  generateHelpTextForAllCommands,
} from "@stricli/core"
import { describe, expect, test } from "vitest"

import { buildRootHelp } from "../../src/terminal/build-root-help.ts"
import { application } from "../../src/terminal/routes.ts"

const helps = generateHelpTextForAllCommands(application as unknown as Application<CommandContext>) // only texts are asked for

test("the help of the whole lists every command that is not hidden", () => {
  const style = { color: false, unicode: true, columns: undefined }
  const lines = buildRootHelp(style)
  const names = new Set(helps.map(([route]) => route.split(" ")[1] ?? ""))
  for (const name of names) {
    if (name === "__complete") continue
    expect(lines.some((line) => line.startsWith(`  ${name} `))).toBe(true)
  }
})

describe("the help of every command", () => {
  test.each(helps)("%s has examples that begin with the command", (route, help) => {
    const examples = /EXAMPLES\n((?: {2}.+\n)+)/.exec(help)?.[1]?.trimEnd().split("\n") ?? []
    expect(examples.length).toBeGreaterThan(0)
    for (const example of examples) expect(example).toContain(route.replace(/ list$/, ""))
  })
})

import { expect, test } from "vitest"

import { withDeclaredProject } from "./declared-project.ts"
import { runFreshet } from "./freshet-process.ts"
import { declareShop } from "./shop.ts"

test.each(["and", "or", "not"])(
  "case 15: an asset named `%s` is refused at its declaration",
  async (name) => {
    const declarations = declareShop().replace('name: "items"', `name: "${name}"`)
    await withDeclaredProject(declarations, async (project) => {
      const { code, stderr } = await runFreshet(project, "status")
      expect(code).toBe(2)
      expect(stderr).toContain(`\`${name}\` is a word of the selection grammar`)
    })
  },
)

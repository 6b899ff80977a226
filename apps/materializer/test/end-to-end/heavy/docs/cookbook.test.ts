import { mkdirSync, symlinkSync } from "node:fs"
import { dirname, join } from "node:path"

import { expect, test } from "vitest"

import { expectDocument } from "../../docs/expect-document.ts"
import { withTemporaryFolder, workspace } from "../../docs/workspace.ts"
import { expectDone, runShell } from "../../freshet-process.ts"

/** The packages that an installation puts into a project, and their folders in the workspace. */
const installed = {
  ".bin/freshet": "apps/materializer/bin/freshet.js",
  freshet: "apps/materializer",
  "@freshet/core": "packages/core",
  "@freshet/schema": "packages/schema",
  "@types/node": "node_modules/@types/node",
  "drizzle-kit": "packages/schema/node_modules/drizzle-kit",
  "drizzle-orm": "packages/schema/node_modules/drizzle-orm",
  typescript: "node_modules/typescript",
}

test("the commands of the cookbook print what it shows, and its assets have no compile errors", async () => {
  await withTemporaryFolder(async (folder) => {
    for (const [name, target] of Object.entries(installed)) {
      const path = join(folder, "node_modules", name)
      mkdirSync(dirname(path), { recursive: true })
      symlinkSync(join(workspace, target), path)
    }
    const place = { folder, environment: {} }
    expectDone(await runShell(place, "npx freshet init && npx freshet db up"))
    await expectDocument("docs/cookbook.md", place)
    expectDone(await runShell(place, "npx freshet db down"))
    const compiler = "node node_modules/typescript/bin/tsc --noEmit"
    const { code, stdout } = await runShell(place, `rm assets/*.test.ts && ${compiler}`)
    expect({ code, stdout }).toEqual({ code: 0, stdout: "" })
  })
})

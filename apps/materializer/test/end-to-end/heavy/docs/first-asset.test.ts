import { join } from "node:path"

import { expect, test } from "vitest"

import { readBlocks } from "../../docs/document.ts"
import { expectDocument } from "../../docs/expect-document.ts"
import { withWorkspaceCopy, workspace } from "../../docs/workspace.ts"
import { runShell } from "../../freshet-process.ts"

const name = "docs/first-asset.md"

test("the commands of the first-asset page print what it shows, in a new clone", async () => {
  await withWorkspaceCopy(async (folder) => {
    const place = { folder, environment: {} }
    await expectDocument(name, place)
    const blocks = readBlocks(join(workspace, name))
    const files = blocks.flatMap(({ attributes }) => attributes.get("file") ?? [])
    const checks = `npx oxfmt --check ${files.join(" ")}\nnpx tsc --noEmit -p packages/assets`
    const { code, stdout, stderr } = await runShell(place, checks)
    expect(code, `${stdout}${stderr}`).toBe(0)
  })
})

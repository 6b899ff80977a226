import { test } from "vitest"

import { expectDocument } from "./expect-document.ts"
import { withWorkspaceCopy } from "./workspace.ts"

test("whoever follows the page about staleness in a new clone sees what it shows", async () => {
  await withWorkspaceCopy((folder) =>
    expectDocument("docs/staleness.md", { folder, environment: {} }),
  )
})

import { test } from "vitest"

import { expectDocument } from "../../docs/expect-document.ts"
import { withWorkspaceCopy } from "../../docs/workspace.ts"

test("the commands of the schedules page print what it shows, in a new clone", async () => {
  await withWorkspaceCopy((folder) =>
    expectDocument("docs/schedules.md", { folder, environment: {} }),
  )
})

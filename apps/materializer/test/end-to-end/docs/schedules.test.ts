import { test } from "vitest"

import { expectDocument } from "./expect-document.ts"
import { withWorkspaceCopy } from "./workspace.ts"

test("the commands of the schedules page print what it shows, in a new clone", async () => {
  await withWorkspaceCopy((folder) =>
    expectDocument("docs/schedules.md", { folder, environment: {} }),
  )
})

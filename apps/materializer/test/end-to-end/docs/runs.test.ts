import { test } from "vitest"

import { workspace } from "../../../bin/bundle-command.js"
import { expectDocument } from "./expect-document.ts"

test("the runs page shows declarations as they are in the sources", () =>
  expectDocument("docs/runs.md", { folder: workspace, environment: {} }))

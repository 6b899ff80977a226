import { expect, test } from "vitest"

import { withDeclaredProject } from "./declared-project.ts"
import { expectDone, runFreshet } from "./freshet-process.ts"
import { withEnvironment } from "./test-project.ts"

const declarations = `
  import { int64, sql, sqlAsset, text } from "@freshet/core"
  const sorted = sqlAsset({
    group: "large",
    name: "sorted",
    description: "More rows than the memory limit holds.",
    columns: { n: int64(), words: text() },
    query: sql\`
      select n, words from (select range as n, hash(range)::text || hash(range + 1)::text as words
        from range(3000000)) order by words\`,
  })
  export const assets = [sorted]`

test("the first run of a query spills the rows beyond the memory limit", () =>
  withDeclaredProject(declarations, async (project) => {
    const place = withEnvironment(project, { FRESHET_MEMORY_MB: "256" })
    expectDone(await runFreshet(place, "materialize"))
    const { stdout } = await runFreshet(place, "sql", "--csv", "select count(*) as n from sorted")
    expect(stdout).toBe("n\n3000000\n")
  }))

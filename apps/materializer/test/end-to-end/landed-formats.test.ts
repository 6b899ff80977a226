import { expect, test } from "vitest"

import { withDeclaredProject } from "./declared-project.ts"
import { expectDone, runFreshet } from "./freshet-process.ts"

const declare = (format: string) => `
  import { hourly, int64, nullable, sourceAsset, sql, sqlAsset, text } from "@freshet/core"
  const partitions = hourly({ start: "2026-01-01T00", end: "2026-01-01T01" })
  const visits = sourceAsset({
    group: "web",
    partitions,
    name: "visits",
    description: "Who came.",
    columns: { user_id: int64("Who."), page: nullable(text("Where.")) },
    format: ${format},
    path: "visits/{yyyy}/{mm}/{dd}/{hh}/*.csv",
  })
  const pages = sqlAsset({
    group: "web",
    partitions,
    name: "pages",
    description: "Visits by page.",
    columns: { page: nullable(text("Where.")), visits: int64("How many.") },
    query: sql\`select page, count(*) as visits from \${visits} group by page\`,
  })
  export const assets = [visits, pages]`

test("several files an hour in folders of dates, with semicolons and a null text, after a header that did not fit", async () => {
  const headers = `header: { user_id: "userId" }`
  await withDeclaredProject(declare(`{ kind: "csv", ${headers} }`), async (project) => {
    project.land("visits/2026/01/01/00/a.csv", "userId;page\n1;home\n2;NA\n")
    project.land("visits/2026/01/01/00/b.csv", "userId;page\n3;home\n")
    project.land("visits/2026/01/01/01/a.csv", 'userId;page\n4;"a;b"\n')
    for (const command of ["plan", "doctor"]) {
      const { stdout, stderr } = await runFreshet(project, command)
      const output = stdout + stderr
      expect(output).toContain("visits/2026/01/01/00/a.csv (and 2 more files) has no column userId")
      expect(output).toContain('The delimiter ";" fits')
    }

    await project.declare(declare(`{ kind: "csv", delimiter: ";", null: "NA", ${headers} }`))
    expect((await runFreshet(project, "plan")).stderr).toBe("")
    const hours = ["--from", "2026-01-01T00", "--to", "2026-01-01T01"]
    expectDone(await runFreshet(project, "materialize", "pages", ...hours))
    const query = `select page, visits::integer as visits from "pages@all" order by page nulls last`
    const rows = await runFreshet(project, "sql", query, "--json")
    expectDone(rows)
    expect(JSON.parse(rows.stdout)).toMatchObject({
      rows: [
        { page: "a;b", visits: 1 },
        { page: "home", visits: 2 },
        { page: null, visits: 1 },
      ],
    })
  })
})

import { createHash } from "node:crypto"

import { fingerprintContent } from "@freshet/core/engine"
import { expect, test } from "vitest"

import { type DeclaredProject, withDeclaredProject } from "./declared-project.ts"
import { expectDone, runFreshet } from "./freshet-process.ts"

const declarations = `
  import { daily, int32, int64, last, sourceAsset, sql, sqlAsset } from "@freshet/core"
  const described = { group: "g", description: "", partitions: daily({ start: "2026-01-01" }) }
  const numbers = sourceAsset({
    ...described,
    name: "numbers",
    columns: { n: int32() },
    format: { kind: "json_lines" },
    path: "numbers/{partition}.json",
  })
  const total = sqlAsset({
    ...described,
    name: "total",
    columns: { n: int64() },
    query: sql\`select sum(n)::bigint as n from \${last(8, numbers)}\`,
  })
  const doubled = sqlAsset({
    ...described,
    name: "doubled",
    columns: { n: int64() },
    query: sql\`select 2 * n as n from \${total}\`,
  })
  export const assets = [numbers, total, doubled]`

const days = [1, 2, 3, 4, 5, 6, 7, 8]
const newest = "2026-01-08"
const firstDay = 20_454

/** The numbers of eight days, and other numbers, found by a search, whose files have the same 64-bit sum of fingerprints. */
const numbers = [1, 2, 3, 4, 5, 6, 7, 8]
const colliding = [37_699, 113_457, 60_771, 5700, 9261, 35_031, 102_214, 941]

function fileText(n: number): string {
  return `{"n":${n}}\n`
}

function land(project: DeclaredProject, values: readonly number[]): void {
  for (const [at, n] of values.entries())
    project.land(`numbers/2026-01-0${days[at]}.json`, fileText(n))
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex")
}

/** Sums the fingerprints of eight files, in two halves. */
function sumFingerprints(values: readonly number[]) {
  let [low, high] = [0, 0]
  for (const [at, n] of values.entries()) {
    const content = fingerprintContent(firstDay + at, sha256(`${sha256(fileText(n))}\n`))
    low = (low + content.low) >>> 0
    high = (high + content.high) >>> 0
  }
  return { low, high }
}

/** Reads the newest rows of `doubled`, which reads the files through `total`. */
async function readNewestRows(project: DeclaredProject): Promise<string> {
  const words = ["data", "head", "doubled", "--partition", newest, "--csv"]
  return (await runFreshet(project, ...words)).stdout
}

function formatRows(values: readonly number[]): string {
  return `n\n${2 * values.reduce((sum, n) => sum + n, 0)}\n`
}

test("files with the same sum of fingerprints are different inputs", async () => {
  expect(sumFingerprints(colliding)).toEqual(sumFingerprints(numbers))
  await withDeclaredProject(declarations, async (project) => {
    land(project, numbers)
    const all = ["materialize", "--from", "2026-01-01", "--to", newest] as const
    expectDone(await runFreshet(project, ...all))
    expect(await readNewestRows(project)).toBe(formatRows(numbers))
    land(project, colliding)
    expect((await runFreshet(project, "plan", "--exit-code")).code).toBe(6)
    expectDone(await runFreshet(project, "materialize"))
    expect(await readNewestRows(project)).toBe(formatRows(colliding))
    expect((await runFreshet(project, "plan", "--exit-code")).code).toBe(0)
    land(project, numbers)
    const { stdout } = await runFreshet(project, "materialize")
    expect(stdout).toContain("reused")
    expect(await readNewestRows(project)).toBe(formatRows(numbers))
  })
})

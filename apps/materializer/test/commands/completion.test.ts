import { expect, test } from "vitest"

import { runCommand } from "../fixtures/fake-command-line.ts"
import { recordedRunProject } from "../fixtures/recorded-runs.ts"
import { createTinyProject } from "../fixtures/tiny-project.ts"

const project = createTinyProject({ landed: { "2026-01-02": "a" } })

async function propose(...words: readonly string[]): Promise<readonly string[]> {
  const { code, out, err } = await runCommand(project, ["__complete", "--", ...words])
  expect({ code, err }).toEqual({ code: 0, err: "" })
  return out.split("\n").filter((line) => line !== "")
}

const assets = ["orders", "items", "best_items"]

test.each<[words: readonly string[], proposals: readonly string[]]>([
  [
    ["data", ""],
    ["head", "diff", "schema", "export", "quarantine"],
  ],
  [
    ["runs", ""],
    ["list", "show", "logs", "cancel", "retry"],
  ],
  [
    ["db", "u"],
    ["url", "up"],
  ],
  [["doctor", ""], []],
  [["init", ""], []],
  [
    ["data", "export", "items", "--format", ""],
    ["parquet", "arrow", "arrow-stream", "csv", "jsonl"],
  ],
  [["plan", "--only", "m"], ["missing"]],
  [["plan", "--date", ""], []],
  [["data", "head", ""], assets],
  [["data", "head", "items", ""], []],
  [["why", "it"], ["items"]],
  [["status", "+it"], ["+items"]],
  [["status", "group:"], ["group:shop"]],
  [["status", "--st"], ["--stale"]],
])("after %j only what may follow is proposed", async (words, proposals) => {
  expect((await propose(...words)).toSorted()).toEqual(proposals.toSorted())
})

test("flags are proposed after a dash", async () => {
  expect(await propose("status", "")).not.toContain("--stale")
  expect(await propose("status", "-")).toContain("--stale")
})

test("ids of runs are proposed where a command takes one", async () => {
  const { out } = await runCommand(recordedRunProject, ["__complete", "--", "runs", "show", ""])
  const listed = await runCommand(recordedRunProject, ["runs", "list", "--json"])
  const { runs } = JSON.parse(listed.out) as { readonly runs: readonly { readonly id: string }[] }
  expect(runs.length).toBeGreaterThan(0)
  expect(out).toBe(runs.map(({ id }) => `${id}\n`).join(""))
})

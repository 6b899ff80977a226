import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"

import { expect, test } from "vitest"

import { expectDone, runFreshet } from "./freshet-process.ts"
import { withMaterializedShop } from "./shop.ts"

test("exports of partitions take the format from the name, ranges, and replace a file only with --force", () =>
  withMaterializedShop(async (project) => {
    const exportItems = (...words: readonly string[]) =>
      runFreshet(project, "data", "export", "items", ...words)
    const path = (name: string) => join(project.folder, name)

    const newest = await exportItems("--output", path("items.csv"))
    expectDone(newest)
    expect(newest.stderr).toBe(`Wrote 6 rows of items 2026-01-04 to ${path("items.csv")}.\n`)
    expect(readFileSync(path("items.csv"), "utf8").split("\n")).toHaveLength(1 + 6 + 1)

    writeFileSync(path("items.csv"), "kept")
    const refusal = await exportItems("--output", path("items.csv"))
    expect(refusal.code).toBe(2)
    expect(refusal.stderr).toContain("items.csv exists already.\n  Choose another path, or")
    expect(readFileSync(path("items.csv"), "utf8")).toBe("kept")
    expectDone(await exportItems("--output", path("items.csv"), "--force"))
    expect(readFileSync(path("items.csv"), "utf8")).toMatch(/^item,orders\n/)

    const range = ["--from", "2026-01-02", "--to", "2026-01-03"]
    for (const [name, words, rows] of [
      ["range.jsonl", range, 4 + 5],
      ["open.jsonl", ["--from", "2026-01-03"], 5 + 6],
      ["all.jsonl", ["--partition", "all"], 3 + 4 + 5 + 6],
    ] as const) {
      expectDone(await exportItems("--output", path(name), ...words))
      expect(readFileSync(path(name), "utf8").trimEnd().split("\n")).toHaveLength(rows)
    }
    const several = await exportItems("--output", path("all.parquet"), "--partition", "all")
    expect(several.stderr).toContain("Wrote 18 rows of items 2026-01-01 to 2026-01-04")
    expect(readFileSync(path("all.parquet")).subarray(0, 4).toString()).toBe("PAR1")

    for (const name of ["items.arrow", "items.arrows"])
      expectDone(await exportItems("--output", path(name), "--partition", "all"))
    expect(readFileSync(path("items.arrow")).subarray(0, 6).toString()).toBe("ARROW1")
    expect(readFileSync(path("items.arrows")).readUInt32LE(0)).toBe(0xff_ff_ff_ff)
  }))

test("an export without a format, or of a range without rows, is one sentence", () =>
  withMaterializedShop(async (project) => {
    for (const [words, message] of [
      [[], "The format of the export is missing.\n  `freshet data export items --output"],
      [["--output", "items.txt"], "The name items.txt does not say the format of the export."],
      [["--format", "csv", "--from", "2026-02-01"], "is not materialized, so it has no rows."],
      [
        ["--format", "csv", "--from", "2026-01-01", "--partition", "all"],
        "--partition cannot be combined with --date, --from or --to.",
      ],
    ] as const) {
      const { code, stdout, stderr } = await runFreshet(
        project,
        "data",
        "export",
        "items",
        ...words,
      )
      expect({ code, stdout }).toEqual({ code: 2, stdout: "" })
      expect(stderr).toContain(message)
    }
  }))

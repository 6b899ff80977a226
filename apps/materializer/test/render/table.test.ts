import { describe, expect, test } from "vitest"

import { fitText, formatTable } from "../../src/render/table.ts"

const columns = [
  { header: "asset" },
  { header: "rows", align: "right", drop: 1 },
  { header: "because", shrinks: true },
] as const
const rows = [
  ["user_recs", "49,975", "valid_user_candidates 2026-01-10 will be rebuilt"],
  ["rooms", "3", { text: "never made", tone: "bad" }],
] as const

function at(width: number | undefined, color = false): readonly string[] {
  return formatTable(columns, rows, { color, unicode: true, columns: width })
}

describe("table", () => {
  test.each([60, 80, 120, undefined])("at %s columns", (width) => {
    expect(at(width).join("\n")).toMatchSnapshot()
  })

  test("drops what may be dropped before it cuts, and never exceeds the width", () => {
    expect(at(60)[0]).toContain("rows")
    expect(at(38)[0]).not.toContain("rows")
    for (const width of [30, 38, 50, 60, 80])
      expect(Math.max(...at(width).map((line) => line.length))).toBeLessThanOrEqual(width)
  })

  test("colours only what it pads, so that columns stay aligned", () => {
    const [head = "", ...body] = at(undefined, true)
    expect(head).toContain("\u001B[90m")
    expect(body[1]).toContain("\u001B[31mnever made\u001B[39m")
  })

  test("leaves out a column without content", () => {
    const lines = formatTable([{ header: "a" }, { header: "b" }], [["1", ""]], {
      color: false,
      unicode: true,
      columns: undefined,
    })
    expect(lines).toEqual(["a", "1"])
  })

  test("counts wide letters as two", () => {
    const style = { color: false, unicode: true, columns: undefined }
    expect(
      formatTable(
        [{ header: "a" }, { header: "b" }],
        [
          ["株", "x"],
          ["aa", "y"],
        ],
        style,
      ),
    ).toEqual(["a   b", "株  x", "aa  y"])
    expect(fitText("株式会社", 5, style)).toBe("株式…")
  })
})

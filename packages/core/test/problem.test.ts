import { expect, test } from "vitest"

import {
  FreshetError,
  ProblemsError,
  findNearest,
  formatSuggestion,
  unreachable,
} from "../src/engine.ts"

test("a FreshetError has its code, message, cause and hint", () => {
  const cause = new Error("ECONNREFUSED")
  const fault = new FreshetError("postgres", "The server is gone.", { cause, hint: "Start it." })
  expect(fault).toMatchObject({
    name: "FreshetError",
    code: "postgres",
    message: "The server is gone.",
    hint: "Start it.",
    cause,
  })
  expect("cause" in new FreshetError("usage", "x")).toBe(false)
})

test("a ProblemsError has the messages of all problems", () => {
  const problems = [
    { kind: "a", message: "One." },
    { kind: "b", message: "Two." },
  ]
  const fault = new ProblemsError("usage", problems)
  expect(fault).toBeInstanceOf(FreshetError)
  expect([fault.message, fault.problems]).toEqual(["One.\nTwo.", problems])
})

test("unreachable throws with the value", () => {
  expect(() => unreachable({ kind: "odd" } as never)).toThrow('unreachable: {"kind":"odd"}')
})

test.each([
  ["candidtes", "candidates"],
  ["recs", "recs"],
  ["rec", "recs"],
  ["x", undefined],
  ["weiabc", undefined],
  ["", undefined],
  ["something_else", undefined],
])("%j is nearest to %s", (name, nearest) => {
  expect(findNearest(name, ["candidates", "recs", "weights"])).toBe(nearest)
})

test("a hint contains the nearest name, or else the known names, or else that there is none", () => {
  expect(formatSuggestion("rec", ["recs"])).toBe("Did you mean `recs`?")
  expect(formatSuggestion("zzz", ["a1", "b1"])).toBe("Known: a1, b1.")
  const many = Array.from({ length: 9 }, (_, index) => `asset_${index}`)
  expect(formatSuggestion("zzz", many)).toBe(`Known: ${many.slice(0, 8).join(", ")}, ….`)
  expect(formatSuggestion("zzz", [])).toBe("There is none.")
})

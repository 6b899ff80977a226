import { expect, test } from "vitest"

import {
  FreshetError,
  ProblemsError,
  findNearest,
  formatSuggestion,
  unreachable,
} from "../src/engine.ts"

test("a fault keeps its code, its sentence, its cause and its hint", () => {
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

test("problems are a fault too, all of them in its message", () => {
  const problems = [
    { kind: "a", message: "One." },
    { kind: "b", message: "Two." },
  ]
  const fault = new ProblemsError("usage", problems)
  expect(fault).toBeInstanceOf(FreshetError)
  expect([fault.message, fault.problems]).toEqual(["One.\nTwo.", problems])
})

test("what cannot happen says what it was", () => {
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

test("a hint names the nearest, else what is known, else that there is nothing", () => {
  expect(formatSuggestion("rec", ["recs"])).toBe("Did you mean `recs`?")
  expect(formatSuggestion("zzz", ["a1", "b1"])).toBe("Known: a1, b1.")
  const many = Array.from({ length: 9 }, (_, index) => `asset_${index}`)
  expect(formatSuggestion("zzz", many)).toBe(`Known: ${many.slice(0, 8).join(", ")}, ….`)
  expect(formatSuggestion("zzz", [])).toBe("There is none.")
})

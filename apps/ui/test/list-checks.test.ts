import { expect, test } from "vitest"

import { listChecks } from "../client/pages/asset/list-checks.ts"

const declare = (name: string, severity: "error" | "warn") => ({
  name,
  severity,
  description: `requirement of ${name}`,
})
const record = (name: string, severity: "error" | "warn", failures: number) => ({
  name,
  severity,
  failures,
  passed: failures === 0,
  sample: [],
})

test("checks fail by their results or in the last attempt; others passed or did not run", () => {
  const checks = listChecks({
    declared_checks: [
      declare("unique", "error"),
      declare("positive", "warn"),
      declare("short", "error"),
      declare("new", "error"),
    ],
    check_results: [
      record("unique", "error", 2),
      record("positive", "warn", 1),
      record("short", "error", 0),
      record("not_null", "error", 0),
    ],
    failure: null,
  })
  expect(checks.map(({ name, result, failures }) => [name, result, failures])).toEqual([
    ["unique", "failed", 2],
    ["positive", "warning", 1],
    ["short", "passed", 0],
    ["not_null", "passed", 0],
    ["new", "not run", 0],
  ])
  expect(checks.map(({ description }) => description)).toEqual([
    "requirement of unique",
    "requirement of positive",
    "requirement of short",
    "",
    "requirement of new",
  ])
})

test("a check of the last attempt fails although no rows of it are stored", () => {
  const [check] = listChecks({
    declared_checks: [declare("unique", "error")],
    check_results: [],
    failure: { outcome: "checks_failed", checks: ["unique"], message: "" },
  })
  expect(check?.result).toBe("failed")
})

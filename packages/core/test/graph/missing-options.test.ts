import { expect, test } from "vitest"

import { buildGraph } from "../../src/engine.ts"
import { codeAsset, int64 } from "../../src/index.ts"

const complete = codeAsset({
  name: "code",
  group: "shop",
  description: "Rows of code.",
  version: "1",
  columns: { id: int64() },
  upstream: {},
  async *compute() {
    yield { id: 1n }
  },
})

/** Lists the problems of a declaration of a project without type checks. */
function listProblems(asset: object): readonly string[] {
  const result = buildGraph([asset as typeof complete])
  return result.kind === "graph" ? [] : result.problems.map(({ message }) => message)
}

test("a complete declaration has no problem", () => {
  expect(listProblems(complete)).toEqual([])
})

test("missing options are reported at once, each with its name", () => {
  const { computation } = complete
  const empty = { ...complete, group: undefined, description: undefined, columns: undefined }
  expect(listProblems({ ...empty, computation: { ...computation, version: undefined } })).toEqual([
    "`code` has no group.",
    "`code` has no description.",
    "`code` has no columns.",
    "`code` has no version.",
  ])
  const withoutCode = { ...complete, computation: { ...computation, compute: undefined } }
  expect(listProblems(withoutCode)).toEqual(["`code` has no compute."])
  expect(listProblems({ ...complete, name: undefined })).toContain("A declared asset has no name.")
})

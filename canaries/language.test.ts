import { expect, test } from "vitest"

import {
  findAllForbiddenWords,
  findForbiddenTestWords,
  findForbiddenWords,
  listCommandFiles,
  listCommandLoads,
  listPages,
  listSources,
  listTests,
  measureSource,
  measureSources,
  readRoutes,
} from "./language.js"

const dialect = `
/** Whether rows are there. */
export function rowsOf(given: number): number {
  const { kept, size: told } = { kept: given, size: 1 }
  return [kept, told].map((each) => each).length
}
/** Reads rows. */
export function readRows(count: number): number {
  return count
}
`

test("the measures count functions named …Of, odd variables and doc comments that begin with a question word", () => {
  const measures = measureSource("dialect.ts", dialect)
  expect(measures).toMatchObject({ functions: 2, variables: 5, docComments: 2 })
  expect(measures.ofFunctions).toEqual([{ path: "dialect.ts", line: 3, text: "rowsOf" }])
  expect(measures.oddVariables.map(({ text }) => text)).toEqual(["given", "kept", "told", "each"])
  expect(measures.questionComments.map(({ line }) => line)).toEqual([2])
})

test("forbidden words are found in sources and in pages, with their lines", () => {
  const page =
    "Rows are made anew.\nRows are recomputed.\nIt stands on a check.\nNobody mends it.\nA late file is there.\nAn asset is late.\n"
  expect(findForbiddenWords("page.md", page).map(({ line }) => line)).toEqual([1, 3, 4, 4, 6])
})

const tests = `
/** Rows made anew. */
const told = "whatever"
describe("whatever", () => {
  test.each([1])(\`%i is told\`, () => find("whatever")) // nobody
})
`

test("forbidden words are found in the titles and comments of tests, not in their code", () => {
  expect(findForbiddenTestWords("a.test.ts", tests).map(({ line }) => line)).toEqual([2, 4, 5, 5])
})

test("sources, tests and pages have no forbidden word", () => {
  expect(listSources().length + listPages().length).toBeGreaterThan(300)
  expect(listTests().length).toBeGreaterThan(300)
  expect(findAllForbiddenWords()).toEqual([])
})

const { functions, variables, ofFunctions, oddVariables, questionComments } = measureSources()

test("fewer than one function in a hundred is named …Of", () => {
  expect(functions).toBeGreaterThan(1000)
  expect(ofFunctions.slice(functions / 100)).toEqual([])
})

test("fewer than one variable in a hundred is named by a participle or a pronoun", () => {
  expect(variables).toBeGreaterThan(5000)
  expect(oddVariables.slice(variables / 100)).toEqual([])
})

test("no doc comment begins with a question word", () => {
  expect(questionComments).toEqual([])
})

test("a command's file is found in its route table, and a table that loads otherwise is reported", () => {
  const route = (file: string) =>
    `const name = defineCommand({ load: async () => (await import("../commands/${file}.ts")).run })\n`
  expect(listCommandLoads([route("a") + route("a"), route("b")])).toEqual(["a", "a", "b"])
  expect(() => listCommandLoads(["const name = defineCommand({ load })"])).toThrow("1 commands")
})

test("each file of the commands' folder holds one command", () => {
  const loads = listCommandLoads(readRoutes())
  expect(loads.length).toBeGreaterThan(20)
  expect(loads.toSorted()).toEqual(listCommandFiles().toSorted())
})

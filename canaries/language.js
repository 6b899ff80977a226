/**
 * How the sources read: the share of functions named `…Of`, the share of variables named by a participle or a pronoun,
 * doc comments that begin with a question word, and words that the project does not use. `node canaries/language.js`
 * prints the figures.
 */
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { argv } from "node:process"
import { fileURLToPath } from "node:url"

import { parseSync } from "oxc-parser"

/** @typedef {{ path: string, line: number, text: string }} Finding */
/** @typedef {{ lines: number, functions: number, variables: number, docComments: number, ofFunctions: Finding[], oddVariables: Finding[], questionComments: Finding[] }} Measures */

const root = fileURLToPath(new URL("../", import.meta.url))

const workspaceFolders = [
  ...["packages", "apps"].flatMap((folder) =>
    readdirSync(join(root, folder)).map((name) => `${folder}/${name}`),
  ),
  "bench",
]

const oddNames = new Set(
  `given wanted meant asked told found known own kept looked left seen made counted named each
  before after none nothing there others rest shown marked taken`.split(/\s+/),
)

/** Words of a private dialect, with the plain word to use. */
const forbiddenWords = [
  { pattern: /\banew\b/i, use: "again, or a verb: recompute, rebuild" },
  { pattern: /\bwhatever\b/i, use: "a noun" },
  { pattern: /\bmend(s|ed|ing)?\b/i, use: "fix" },
  { pattern: /\bst(and|ands|ood|anding) on\b/i, use: "depends on, is built from, blocked" },
  { pattern: /\b(tell|tells|told|telling)\b/i, use: "print, report, describe" },
  { pattern: /\b(lend|lends|lent|lending)\b/i, use: "open, pass, with a connection" },
  { pattern: /\bjust (what|that|as|those|these)\b/i, use: "exactly" },
  { pattern: /\bmeans? nothing\b|\bboth at once\b/i, use: "cannot be combined" },
  { pattern: /\bleave (it|one|them)( of them)? away\b/i, use: "remove, omit" },
  { pattern: /(?<!")\b(nobody|somebody|whoever)\b/i, use: "a noun, or a passive sentence" },
  { pattern: /\bforget(s|ting|tings|table)?\b|\bforgot(ten)?\b/i, use: "wipe" },
  {
    pattern: /\brederiv|\bremak(e|es|ing)\b|\bremade\b|\b(made|make|makes|making) again\b/i,
    use: "recompute",
  },
  { pattern: /\bright to run\b/i, use: "run lock" },
  { pattern: /\bholder\b/i, use: "lock owner" },
  { pattern: /\bkeepers?\b/i, use: "supervisor" },
  { pattern: /\b(doors?|bells?)\b/i, use: "supervisor socket" },
  { pattern: /\btimelines?\b/i, use: "materialization history" },
  { pattern: /\bextents?\b/i, use: "partition bounds" },
  { pattern: /\bgrains?\b/i, use: "granularity" },
  { pattern: /\bjudge[ds]?\b/i, use: "evaluate" },
  { pattern: /\b(doubtful|exact judge|quick judge)\b/i, use: "strict parser, fast path" },
  { pattern: /\b(passable|lets? rows pass)\b/i, use: "pass, passes" },
  { pattern: /\brecord ?books?\b/i, use: "materialization cache" },
  { pattern: /--late\b|\b(is|are|was|or not) late\b|\blate by\b/i, use: "overdue" },
  { pattern: /(?<!outside )\bworlds?\b/i, use: "the word of the vocabulary" },
  { pattern: /\bclear(s|ed|ing)? away\b/i, use: "delete, remove" },
  {
    pattern:
      /\b(workshop|machinery|desk|judgements?|judging|obstacles?|unfit|aftermath|lingers?)\b/i,
    use: "the word of the vocabulary",
  },
  { pattern: /\bstray\b/i, use: "orphaned, unexpected" },
  { pattern: /\bformerly\b/i, use: "previousNames, previously" },
]

/** Files that must contain forbidden words: the words themselves, words of generated names, and previous names of commands and flags. */
const exempt = new Set([
  "canaries/language.js",
  "canaries/language.test.ts",
  "packages/demo/src/name-words.ts",
  "apps/materializer/src/terminal/previous-names.ts",
])

const codeFolders = ["src", "bin", "server", "client"]

/** Source files of the product, relative to the workspace. */
export function listSources() {
  return workspaceFolders
    .flatMap((folder) => codeFolders.flatMap((name) => listFiles(`${folder}/${name}`)))
    .filter((path) => /\.(ts|tsx|js)$/.test(path))
}

/** Sources of tests, relative to the workspace. */
export function listTests() {
  return [...workspaceFolders.map((folder) => `${folder}/test`), "canaries"]
    .flatMap(listFiles)
    .filter((path) => /\.(ts|tsx|js)$/.test(path) && !path.includes("node_modules"))
}

/** Pages that a person reads. */
export function listPages() {
  return ["README.md", "TESTING.md", "bench/README.md", ...listFiles("docs")].filter((path) =>
    path.endsWith(".md"),
  )
}

/** @param {string} folder */
function listFiles(folder) {
  try {
    return readdirSync(join(root, folder), { encoding: "utf8", recursive: true }).map(
      (name) => `${folder}/${name}`,
    )
  } catch {
    return []
  }
}

/** @param {string} path */
export function readWorkspaceFile(path) {
  try {
    return readFileSync(join(root, path), "utf8")
  } catch {
    return ""
  }
}

/**
 * Measures one source.
 * @param {string} path
 * @param {string} text
 * @returns {Measures}
 */
export function measureSource(path, text) {
  const { program, comments } = parseSync(path, text)
  /** @type {Measures} */
  const measures = {
    lines: text.split("\n").length,
    functions: 0,
    variables: 0,
    docComments: 0,
    ofFunctions: [],
    oddVariables: [],
    questionComments: [],
  }
  /** @param {number} start @param {string} found */
  const findingAt = (start, found) => ({
    path,
    line: text.slice(0, start).split("\n").length,
    text: found,
  })
  for (const { type, value, start } of comments) {
    if (type !== "Block" || !value.startsWith("*")) continue
    measures.docComments += 1
    const [first = ""] = /\w+/.exec(value) ?? []
    if (/^(What|How|Whether|Where)$/.test(first))
      measures.questionComments.push(findingAt(start, value.trim()))
  }
  visit(program, (node) => {
    if (node.type === "FunctionDeclaration" && node.id !== null) {
      measures.functions += 1
      if (/[a-z]Of$/.test(node.id.name))
        measures.ofFunctions.push(findingAt(node.id.start, node.id.name))
    }
    for (const binding of listBindings(node)) {
      measures.variables += 1
      if (oddNames.has(binding.name))
        measures.oddVariables.push(findingAt(binding.start, binding.name))
    }
  })
  return measures
}

/**
 * Identifiers that a declaration, a parameter or a pattern binds directly.
 * @param {any} node
 * @returns {any[]}
 */
function listBindings(node) {
  const patterns =
    node.type === "VariableDeclarator"
      ? [node.id]
      : node.type === "ObjectPattern"
        ? node.properties.map((/** @type {any} */ property) => property.value ?? property.argument)
        : node.type === "ArrayPattern"
          ? node.elements
          : Array.isArray(node.params)
            ? node.params
            : []
  return patterns
    .map((/** @type {any} */ pattern) =>
      pattern?.type === "AssignmentPattern" ? pattern.left : pattern,
    )
    .map((/** @type {any} */ pattern) =>
      pattern?.type === "RestElement" ? pattern.argument : pattern,
    )
    .filter((/** @type {any} */ pattern) => pattern?.type === "Identifier")
}

/**
 * @param {any} node
 * @param {(node: any) => void} look
 */
function visit(node, look) {
  if (node === null || typeof node !== "object") return
  if (Array.isArray(node)) {
    for (const element of node) visit(element, look)
    return
  }
  if (typeof node.type === "string") look(node)
  for (const key in node) if (key !== "type") visit(node[key], look)
}

/**
 * Forbidden words in a source or a page.
 * @param {string} path
 * @param {string} text
 * @returns {Finding[]}
 */
export function findForbiddenWords(path, text) {
  if (exempt.has(path)) return []
  return text
    .split("\n")
    .flatMap((line, index) =>
      forbiddenWords
        .filter(({ pattern }) => pattern.test(line))
        .map(({ use }) => ({ path, line: index + 1, text: `${line.trim()} (use ${use})` })),
    )
}

/**
 * Forbidden words in the comments of a test and in the titles of its cases.
 * @param {string} path
 * @param {string} text
 */
export function findForbiddenTestWords(path, text) {
  const { program, comments } = parseSync(path, text)
  /** @type {{ start: number, end: number }[]} */
  const spans = [...comments]
  visit(program, (node) => {
    if (isTestCall(node)) spans.push(node.arguments[0])
  })
  return findForbiddenWords(path, blankOutside(text, spans))
}

/**
 * Tests if a call has the title of a test or of a group of tests: `test("…")`, `test.each(…)("…")`.
 * @param {any} node
 */
function isTestCall(node) {
  if (node.type !== "CallExpression") return false
  if (!/^(Literal|TemplateLiteral)$/.test(node.arguments[0]?.type)) return false
  let callee = node.callee
  while (callee.type !== "Identifier") {
    callee = callee.callee ?? callee.object
    if (callee === undefined) return false
  }
  return /^(test|describe)$/.test(callee.name)
}

/**
 * Replaces everything outside the spans by spaces; lines stay where they are.
 * @param {string} text
 * @param {readonly { start: number, end: number }[]} spans
 */
function blankOutside(text, spans) {
  let result = ""
  for (const { start, end } of spans.toSorted((a, b) => a.start - b.start)) {
    result += blank(text.slice(result.length, start))
    result += text.slice(result.length, end)
  }
  return result + blank(text.slice(result.length))
}

/** @param {string} text */
function blank(text) {
  return text.replace(/[^\n]/g, " ")
}

/** Forbidden words of all sources, tests and pages. @returns {Finding[]} */
export function findAllForbiddenWords() {
  return [
    ...[...listSources(), ...listPages()].flatMap((path) =>
      findForbiddenWords(path, readWorkspaceFile(path)),
    ),
    ...listTests().flatMap((path) => findForbiddenTestWords(path, readWorkspaceFile(path))),
  ]
}

/** Measures all sources. @returns {Measures} */
export function measureSources() {
  const all = listSources().map((path) => measureSource(path, readWorkspaceFile(path)))
  const sum = (/** @type {(measures: Measures) => number} */ count) =>
    all.reduce((total, measures) => total + count(measures), 0)
  return {
    lines: sum(({ lines }) => lines),
    functions: sum(({ functions }) => functions),
    variables: sum(({ variables }) => variables),
    docComments: sum(({ docComments }) => docComments),
    ofFunctions: all.flatMap(({ ofFunctions }) => ofFunctions),
    oddVariables: all.flatMap(({ oddVariables }) => oddVariables),
    questionComments: all.flatMap(({ questionComments }) => questionComments),
  }
}

/** Files of the folder that holds the commands, by their names without extension. */
export function listCommandFiles() {
  return listFiles("apps/materializer/src/commands")
    .filter((path) => path.endsWith(".ts"))
    .map((path) => path.slice("apps/materializer/src/commands/".length, -".ts".length))
}

/**
 * Commands of route tables: the file that each loads, in the order of the tables.
 * @param {readonly string[]} routes Sources
 */
export function listCommandLoads(routes) {
  return routes.flatMap((text) => {
    const files = [...text.matchAll(/import\("\.\.\/commands\/([\w/-]+)\.ts"\)/g)]
    const commands = text.match(/= defineCommand\b/g) ?? []
    if (files.length !== commands.length)
      throw new Error(`${commands.length} commands load ${files.length} files:\n${text}`)
    return files.map(([, file = ""]) => file)
  })
}

/** Sources of the command line's route tables. */
export function readRoutes() {
  return listFiles("apps/materializer/src/terminal")
    .filter((path) => path.endsWith("routes.ts"))
    .map(readWorkspaceFile)
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const { lines, functions, variables, docComments, ofFunctions, oddVariables, questionComments } =
    measureSources()
  const share = (/** @type {number} */ part, /** @type {number} */ whole) =>
    `${((100 * part) / whole).toFixed(2)} %`
  const print = (/** @type {string} */ text) => void process.stdout.write(`${text}\n`)
  print(`source lines            ${lines}`)
  print(
    `functions named …Of     ${ofFunctions.length} of ${functions} (${share(ofFunctions.length, functions)})`,
  )
  print(
    `odd variables           ${oddVariables.length} of ${variables} (${share(oddVariables.length, variables)})`,
  )
  print(`doc comments What/How … ${questionComments.length} of ${docComments}`)
  print(
    `files in commands/      ${listCommandFiles().length} of ${listCommandLoads(readRoutes()).length} commands`,
  )
  const words = findAllForbiddenWords()
  print(`forbidden words         ${words.length}`)
  if (argv.includes("--list"))
    for (const { path, line, text } of [
      ...ofFunctions,
      ...oddVariables,
      ...questionComments,
      ...words,
    ])
      print(`${path}:${line} ${text.slice(0, 140)}`)
}

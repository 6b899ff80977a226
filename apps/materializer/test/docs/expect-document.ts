import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"

import { expect } from "vitest"

import { applyDiff } from "./apply-diff.ts"
import { type Block, readBlocks, withBlock } from "./document.ts"
import { hasGap, isAsDocumented } from "./printed.ts"
import { type Place, runShell } from "./shell.ts"
import { workspace } from "./workspace.ts"

const updates = process.env["FRESHET_UPDATE_DOCS"] === "1"

/** Where a reader is, who came so far: what the last commands printed, and which outputs were other than documented. */
interface Progress {
  readonly place: Place
  readonly at: string
  printed: string
  readonly changed: [Block, string][]
}

/** Does in a place what a document says, block by block, and expects to see what it shows. */
export async function expectDocument(name: string, place: Place): Promise<void> {
  const path = join(workspace, name)
  const changed: [Block, string][] = []
  let printed = ""
  for (const block of readBlocks(path)) {
    const progress: Progress = { place, at: `${name}:${block.line}`, printed, changed }
    await followBlock(block, progress)
    printed = progress.printed
  }
  if (changed.length > 0) writeFileSync(path, updated(readFileSync(path, "utf8"), changed))
}

async function followBlock(block: Block, progress: Progress): Promise<void> {
  const { language, attributes } = block
  const [file, from] = [attributes.get("file"), attributes.get("from")]
  if (language === "sh" && attributes.has("scripts")) expectScripts(block, progress)
  else if (language === "sh") progress.printed = await run(block, progress)
  else if (language === "text" || language === "mermaid") await compare(block, progress)
  else if (from !== undefined) expectExcerpt(block, progress, from)
  else if (file !== undefined) edit(block, progress.place, file)
  else throw new Error(`${progress.at}: nothing says what to do with this block`)
}

async function run({ text, attributes }: Block, { place, at }: Progress): Promise<string> {
  const ended = await runShell(place, text)
  const code = Number(attributes.get("exit") ?? 0)
  expect({ at, code: ended.code, said: ended.code === code ? "" : ended.stderr }).toEqual({
    at,
    code,
    said: "",
  })
  return ended.stdout.replaceAll(place.folder, "/home/you/freshet")
}

async function compare(block: Block, progress: Progress): Promise<void> {
  const script = block.attributes.get("script")
  const { place, at, changed } = progress
  if (script !== undefined) {
    const commands = { ...block, text: scripts()[script] ?? "false", attributes: new Map() }
    progress.printed = await run(commands, progress)
  }
  const { printed } = progress
  if (isAsDocumented(block.text, printed)) return
  if (updates && !hasGap(block.text)) changed.push([block, printed])
  else expect(`${at}\n${printed}`, `in ${place.folder}`).toBe(`${at}\n${block.text}`)
}

function expectScripts({ text }: Block, { at }: Progress): void {
  const names = text.trim().split("\n").map(scriptName)
  expect({ at, unknown: names.filter((name) => !(name in scripts())) }).toEqual({ at, unknown: [] })
}

/** `npm test   # all tests` → `test`. */
function scriptName(line: string): string {
  return /^npm (?:run )?([\w-]+)\s*(?:#.*)?$/.exec(line)?.[1] ?? line
}

function scripts(): Readonly<Record<string, string>> {
  const text = readFileSync(join(workspace, "package.json"), "utf8")
  return JSON.parse(text).scripts
}

function expectExcerpt({ text }: Block, { at }: Progress, from: string): void {
  const source = readFileSync(join(workspace, from), "utf8")
  expect(source.includes(text), `${at} is an excerpt of ${from}`).toBe(true)
}

function edit({ language, text }: Block, { folder }: Place, file: string): void {
  const path = join(folder, file)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, language === "diff" ? applyDiff(readFileSync(path, "utf8"), text) : text)
}

function updated(document: string, changed: readonly [Block, string][]): string {
  return changed.reduceRight((text, [block, printed]) => withBlock(text, block, printed), document)
}

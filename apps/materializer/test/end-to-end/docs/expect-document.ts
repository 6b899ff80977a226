import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"

import { expect } from "vitest"

import { type CommandSettings, runShell } from "../freshet-process.ts"
import { applyDiff } from "./apply-diff.ts"
import { type Block, readBlocks, replaceBlock } from "./document.ts"
import { hasGap, isAsDocumented } from "./printed.ts"
import { workspace } from "./workspace.ts"

const updates = process.env["FRESHET_UPDATE_DOCS"] === "1"

/** Progress in a document: the output of the last commands, and the outputs that differ from it. */
interface DocumentProgress {
  readonly shell: CommandSettings
  readonly at: string
  printed: string
  readonly changedOutputs: [Block, string][]
}

/** Follows a document block by block, and expects the outputs that it shows. */
export async function expectDocument(name: string, shell: CommandSettings): Promise<void> {
  const path = join(workspace, name)
  const changedOutputs: [Block, string][] = []
  let printed = ""
  for (const block of readBlocks(path)) {
    const progress: DocumentProgress = {
      shell,
      at: `${name}:${block.line}`,
      printed,
      changedOutputs,
    }
    await followBlock(block, progress)
    printed = progress.printed
  }
  if (changedOutputs.length > 0)
    writeFileSync(path, replaceOutputs(readFileSync(path, "utf8"), changedOutputs))
}

async function followBlock(block: Block, progress: DocumentProgress): Promise<void> {
  const { language, attributes } = block
  const [file, from] = [attributes.get("file"), attributes.get("from")]
  if (language === "sh" && attributes.has("scripts")) expectScripts(block, progress)
  else if (language === "sh") progress.printed = await runCommands(block, progress)
  else if (language === "text" || language === "mermaid") await compareOutput(block, progress)
  else if (from !== undefined) expectExcerpt(block, progress, from)
  else if (file !== undefined) applyEdit(block, progress.shell, file)
  else throw new Error(`${progress.at}: nothing says what to do with this block`)
}

async function runCommands(
  { text, attributes }: Block,
  { shell, at }: DocumentProgress,
): Promise<string> {
  const ended = await runShell(shell, text)
  const code = Number(attributes.get("exit") ?? 0)
  expect({ at, code: ended.code, said: ended.code === code ? "" : ended.stderr }).toEqual({
    at,
    code,
    said: "",
  })
  return ended.stdout.replaceAll(shell.folder, "/home/you/freshet")
}

async function compareOutput(block: Block, progress: DocumentProgress): Promise<void> {
  const script = block.attributes.get("script")
  const { shell, at, changedOutputs } = progress
  if (script !== undefined) {
    const commands = { ...block, text: readScripts()[script] ?? "false", attributes: new Map() }
    progress.printed = await runCommands(commands, progress)
  }
  const { printed } = progress
  if (isAsDocumented(block.text, printed)) return
  if (updates && !hasGap(block.text)) changedOutputs.push([block, printed])
  else expect(`${at}\n${printed}`, `in ${shell.folder}`).toBe(`${at}\n${block.text}`)
}

function expectScripts({ text }: Block, { at }: DocumentProgress): void {
  const names = text.trim().split("\n").map(parseScriptName)
  expect({ at, unknown: names.filter((name) => !(name in readScripts())) }).toEqual({
    at,
    unknown: [],
  })
}

/** `npm test   # all tests` → `test`. */
function parseScriptName(line: string): string {
  return /^npm (?:run )?([\w-]+)\s*(?:#.*)?$/.exec(line)?.[1] ?? line
}

function readScripts(): Readonly<Record<string, string>> {
  const text = readFileSync(join(workspace, "package.json"), "utf8")
  return JSON.parse(text).scripts
}

function expectExcerpt({ text }: Block, { at }: DocumentProgress, from: string): void {
  const source = readFileSync(join(workspace, from), "utf8")
  expect(source.includes(text), `${at} is an excerpt of ${from}`).toBe(true)
}

function applyEdit({ language, text }: Block, { folder }: CommandSettings, file: string): void {
  const path = join(folder, file)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, language === "diff" ? applyDiff(readFileSync(path, "utf8"), text) : text)
}

function replaceOutputs(document: string, changedOutputs: readonly [Block, string][]): string {
  return changedOutputs.reduceRight(
    (text, [block, printed]) => replaceBlock(text, block, printed),
    document,
  )
}

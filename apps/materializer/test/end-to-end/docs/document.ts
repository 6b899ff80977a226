import { readFileSync } from "node:fs"

/**
 * A fenced block of a document. Attributes after its language, which readers do not see, define its kind:
 * `sh` is run (`exit=4`: and ends so; `scripts`: only names scripts of package.json), `text` and `mermaid` are what
 * the `sh` before them printed (`script=demo`: what that script prints), `file=…` is written or, as a `diff`,
 * applied, `from=…` is an excerpt.
 */
export interface Block {
  readonly language: string
  readonly attributes: ReadonlyMap<string, string>
  readonly text: string
  /** Of the opening fence, from 1. */
  readonly line: number
}

export function readBlocks(path: string): readonly Block[] {
  const blocks: Block[] = []
  let openBlock:
    | { readonly info: string; readonly line: number; readonly lines: string[] }
    | undefined
  for (const [index, line] of readFileSync(path, "utf8").split("\n").entries()) {
    if (openBlock === undefined) {
      if (line.startsWith("```")) openBlock = { info: line.slice(3), line: index + 1, lines: [] }
    } else if (line === "```") {
      blocks.push(parseBlock(openBlock))
      openBlock = undefined
    } else openBlock.lines.push(line)
  }
  if (openBlock !== undefined) throw new Error(`${path}:${openBlock.line}: the block has no end`)
  return blocks
}

function parseBlock(openBlock: { info: string; line: number; lines: readonly string[] }): Block {
  const [language = "", ...attributes] = openBlock.info.split(" ")
  const pairs = attributes.map((attribute) => attribute.split("=", 2))
  return {
    language,
    attributes: new Map(pairs.map(([name = "", value = ""]) => [name, value])),
    text: openBlock.lines.map((line) => `${line}\n`).join(""),
    line: openBlock.line,
  }
}

/** Replaces the content of a block of a document. */
export function replaceBlock(document: string, { line, text }: Block, replacement: string): string {
  const lines = document.split("\n")
  const count = text.split("\n").length - 1
  lines.splice(line, count, ...replacement.trimEnd().split("\n"))
  return lines.join("\n")
}

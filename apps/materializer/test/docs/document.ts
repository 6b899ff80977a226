import { readFileSync } from "node:fs"

/**
 * A fenced block of a document. What stands after its language, which readers do not see, says what it is:
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
  let open: { readonly info: string; readonly line: number; readonly lines: string[] } | undefined
  for (const [index, line] of readFileSync(path, "utf8").split("\n").entries()) {
    if (open === undefined) {
      if (line.startsWith("```")) open = { info: line.slice(3), line: index + 1, lines: [] }
    } else if (line === "```") {
      blocks.push(block(open))
      open = undefined
    } else open.lines.push(line)
  }
  if (open !== undefined) throw new Error(`${path}:${open.line}: the block has no end`)
  return blocks
}

function block(read: { info: string; line: number; lines: readonly string[] }): Block {
  const [language = "", ...attributes] = read.info.split(" ")
  const pairs = attributes.map((attribute) => attribute.split("=", 2))
  return {
    language,
    attributes: new Map(pairs.map(([name = "", value = ""]) => [name, value])),
    text: read.lines.map((line) => `${line}\n`).join(""),
    line: read.line,
  }
}

/** The text with the content of one of its blocks replaced. */
export function withBlock(document: string, { line, text }: Block, replacement: string): string {
  const lines = document.split("\n")
  const count = text.split("\n").length - 1
  lines.splice(line, count, ...replacement.trimEnd().split("\n"))
  return lines.join("\n")
}

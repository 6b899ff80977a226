import { existsSync } from "node:fs"
import { join } from "node:path"

/** Finds the configuration of a program in a folder: NAME.config.ts, .mts, .js or .mjs. */
export function findConfigFile(
  folder: string,
  program: "freshet" | "drizzle" = "freshet",
): string | undefined {
  return ["ts", "mts", "js", "mjs"]
    .map((ending) => join(folder, `${program}.config.${ending}`))
    .find((path) => existsSync(path))
}

/** Adds an import to the list `assets` of a configuration; undefined if the text has no such list. */
export function addAssetImport(text: string, path: string): string | undefined {
  const [opening] = /assets:\s*\[/.exec(text) ?? []
  if (opening === undefined) return undefined
  const start = text.indexOf(opening) + opening.length
  const end = findClosingBracket(text, start)
  if (end === undefined) return undefined
  const list = text.slice(start, end)
  return `${text.slice(0, start)}${appendImport(list, `import("${path}")`)}${text.slice(end)}`
}

function appendImport(list: string, added: string): string {
  const entries = list.trimEnd()
  if (entries === "") return added
  const [indentation = ""] = /\n\s*/.exec(entries) ?? []
  if (indentation === "") return `${entries.replace(/,$/, "")}, ${added}`
  const comma = entries.endsWith(",") ? "" : ","
  return `${entries}${comma}${indentation}${added},${list.slice(entries.length)}`
}

function findClosingBracket(text: string, start: number): number | undefined {
  let depth = 1
  for (let index = start; index < text.length; index += 1) {
    if (text[index] === "[") depth += 1
    if (text[index] === "]") depth -= 1
    if (depth === 0) return index
  }
  return undefined
}

import { readdirSync, readFileSync, statSync } from "node:fs"
import { join, relative } from "node:path"

/** The number of source files that are searched for a declaration. */
const maxFiles = 2000

/** Explains that a file of the project declares an asset of a name, and that the configuration does not import it; undefined without such a file. */
export function explainMissingImport(projectFolder: string, name: string): string | undefined {
  const declaration = new RegExp(`\\bname:\\s*["'\`]${escapePattern(name)}["'\`]`)
  let count = 0
  for (const path of listSourceFiles(projectFolder)) {
    count += 1
    if (count > maxFiles) return undefined
    if (!declaration.test(readFileSync(path, "utf8"))) continue
    const file = relative(projectFolder, path)
    return `${file} declares it, but the configuration does not import this file: add import("./${file}") to assets in freshet.config.ts.`
  }
  return undefined
}

function escapePattern(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")
}

/** Lists the source files of a folder and the folders inside, without tests and installed packages. */
function* listSourceFiles(folder: string): Iterable<string> {
  for (const entry of readFolder(folder)) {
    const path = join(folder, entry.name)
    if (entry.isDirectory() && !/^(\.|node_modules$|dist$)/.test(entry.name))
      yield* listSourceFiles(path)
    const isSource = /\.[cm]?[jt]s$/.test(entry.name) && !/\.(test|spec|d)\./.test(entry.name)
    if (entry.isFile() && isSource && statSync(path).size < 1_000_000) yield path
  }
}

function readFolder(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch {
    return []
  }
}

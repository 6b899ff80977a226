import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"

import { type CommandResult, runFreshet } from "./freshet-process.ts"
import { withEnvironment, type TestProject } from "./test-project.ts"

/** Modules that a process had loaded at its end. */
export interface LoadedModules {
  readonly result: CommandResult
  /** Shared objects: the engine is one. */
  readonly native: readonly string[]
  /** Sources, those inside a bundle as well as those outside. */
  readonly sources: readonly string[]
  /** Node's own modules. */
  readonly builtins: readonly string[]
}

/** Writes the URLs of loaded modules to a file, and the native modules at the end. */
const spy = `
  import { appendFileSync, writeFileSync } from "node:fs"
  import { register, createRequire } from "node:module"
  const hooks = \`
    import { appendFileSync } from "node:fs"
    export async function load(url, context, next) {
      appendFileSync(process.env.FRESHET_TEST_SPY + "/modules", url + "\\\\n")
      return next(url, context)
    }\`
  register("data:text/javascript," + encodeURIComponent(hooks))
  process.on("exit", () => {
    const folder = process.env.FRESHET_TEST_SPY
    writeFileSync(folder + "/native", process.report.getReport().sharedObjects.join("\\n"))
    writeFileSync(folder + "/builtins", process.moduleLoadList.join("\\n"))
    const required = Object.keys(createRequire(import.meta.url).cache)
    appendFileSync(folder + "/modules", required.map((path) => "file://" + path + "\\n").join(""))
  })`

/** Runs a command and returns the modules that it loaded. */
export async function runWatchedFreshet(
  place: TestProject,
  ...words: readonly string[]
): Promise<LoadedModules> {
  const folder = join(place.folder, "spy")
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, "modules"), "")
  writeFileSync(join(folder, "spy.mjs"), spy)
  const settings = withEnvironment(place, {
    NODE_OPTIONS: `--import=${pathToFileURL(join(folder, "spy.mjs")).href}`,
    FRESHET_TEST_SPY: folder,
  })
  const result = await runFreshet(settings, ...words)
  const modules = readFileSync(join(folder, "modules"), "utf8").split("\n")
  const files = modules.filter((url) => url.startsWith("file:")).map((url) => fileURLToPath(url))
  return {
    result,
    native: readFileSync(join(folder, "native"), "utf8").split("\n"),
    builtins: readFileSync(join(folder, "builtins"), "utf8").split("\n"),
    sources: files.flatMap((path) => [path, ...listBundledSources(path)]),
  }
}

/** Lists the sources of a bundled file, by its source map. */
function listBundledSources(path: string): readonly string[] {
  const map = `${path}.map`
  if (!existsSync(map)) return []
  const { sources } = JSON.parse(readFileSync(map, "utf8")) as { readonly sources: string[] } // as every source map says
  return sources
}

import { existsSync } from "node:fs"
import { builtinModules } from "node:module"
import { basename, dirname, join, relative, resolve } from "node:path"

import { findCurrentBundle } from "./bundler.js"

/** @import { Plugin } from "esbuild" */

const configNames = ["ts", "mts", "js", "mjs"].map((ending) => `freshet.config.${ending}`)

/**
 * The project of a command.
 * @typedef {object} ProjectFiles
 * @property {string | undefined} projectFolder the folder of the configuration; undefined without one
 * @property {string} configPath the bundled configuration
 * @property {string | undefined} configError the reason for which the configuration cannot be bundled
 */

/**
 * Finds the project and bundles its configuration if its sources changed. The search begins in
 * FRESHET_PROJECT or the working folder, and goes upward.
 * @param {Pick<NodeJS.Process, "cwd" | "env">} process
 * @returns {Promise<ProjectFiles>}
 */
export async function openProject({ cwd, env }) {
  const config = findConfig(resolve(cwd(), env["FRESHET_PROJECT"] || "."))
  if (config === undefined)
    return { projectFolder: undefined, configPath: "", configError: undefined }
  const projectFolder = dirname(config)
  try {
    const configPath = await bundleProject(config)
    return { projectFolder, configPath, configError: undefined }
  } catch (error) {
    const configError = explainBuild(error)
    if (configError === undefined) throw error
    return { projectFolder, configPath: "", configError }
  }
}

/** @param {string} folder */
function findConfig(folder) {
  for (let current = folder; ; current = dirname(current)) {
    const name = configNames.find((candidate) => existsSync(join(current, candidate)))
    if (name !== undefined) return join(current, name)
    if (dirname(current) === current) return undefined
  }
}

/**
 * Returns the path of the bundled configuration; its sources are bundled first if they changed.
 * @param {string} config
 */
export async function bundleProject(config) {
  const root = dirname(config)
  const buildFolder = join(root, "node_modules/.cache/freshet")
  const folder = await findCurrentBundle({
    root,
    buildFolder,
    programs: { config: basename(config) },
    plugins: [createExternals(join(buildFolder, "bundle"))],
    markers: configNames,
  })
  return join(folder, "config.js")
}

/** Packages that are loaded faster as a part of the bundle: each of their modules would cost a file. */
const bundledPackages = /^(freshet|@freshet\/.*|drizzle-orm)(\/|$)/

/**
 * Other installed packages stay where they are, since they may have native parts or read files beside them.
 * Packages of a workspace are bundled, as their exports may be TypeScript.
 * @param {string} outdir
 * @returns {Plugin}
 */
function createExternals(outdir) {
  return {
    name: "external packages",
    setup({ onResolve, resolve: resolvePath }) {
      onResolve({ filter: /^[^./]/ }, async ({ path, pluginData, ...options }) => {
        const isBuiltin = path.startsWith("node:") || builtinModules.includes(path)
        if (pluginData === "resolving" || isBuiltin || bundledPackages.test(path)) return undefined
        if (options.kind === "entry-point") return undefined
        const installed = await resolvePath(path, { ...options, pluginData: "resolving" })
        if (installed.errors.length > 0 || !installed.path.includes("/node_modules/"))
          return undefined
        return { path: relative(outdir, installed.path), external: true }
      })
    },
  }
}

/**
 * Explains why sources cannot be bundled; undefined for a fault of the program.
 * @param {any} error
 * @returns {string | undefined}
 */
export function explainBuild({ message, syscall, errors: [problem] = [] }) {
  if (syscall !== undefined)
    return `Sources changed, but the bundle cannot be written: ${message}.\n  Run one \`freshet\` command as a user who may write there.`
  if (!problem?.location) return problem?.text
  const { file, line, column } = problem.location
  return `${file}:${line}:${column + 1}: ${problem.text}`
}

import { randomUUID } from "node:crypto"
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs"
import { basename, join, relative } from "node:path"

/** @import { BuildOptions, Metafile, Plugin } from "esbuild" */

/**
 * Programs that are bundled from sources whenever these change.
 * @typedef {object} Bundle
 * @property {string} root folder to which all paths are relative
 * @property {string} buildFolder absolute path of the folder of its bundles
 * @property {Record<string, string>} programs name of each program and its source; absent sources are left out
 * @property {readonly Plugin[]} plugins
 * @property {readonly string[]} markers files besides the sources that the bundle depends on
 */

/**
 * The content of `bundle.json`: the newest bundle, and size and modification time of every
 * file it was made from or consists of.
 * @typedef {{ name: string, stamps: Record<string, string> }} Current
 */

/**
 * Returns the folder of a bundle. The sources are bundled first if they changed.
 * @param {Bundle} bundle
 * @returns {Promise<string>}
 */
export async function findCurrentBundle(bundle) {
  const current = readCurrent(bundle.buildFolder)
  const name = current && isUpToDate(bundle, current) ? current.name : await makeBundle(bundle)
  return join(bundle.buildFolder, name)
}

/**
 * @param {string} folder
 * @returns {Current | undefined}
 */
function readCurrent(folder) {
  try {
    return JSON.parse(readFileSync(join(folder, "bundle.json"), "utf8"))
  } catch {
    return undefined
  }
}

/**
 * @param {Bundle} bundle
 * @param {Current} current
 */
function isUpToDate({ root }, { stamps }) {
  for (const path in stamps) if (stampFile(`${root}/${path}`) !== stamps[path]) return false
  return true
}

/** @param {string} path */
function stampFile(path, settledBeforeMs = Infinity) {
  const stats = statSync(path, { throwIfNoEntry: false })
  if (stats === undefined) return "absent"
  return stats.mtimeMs < settledBeforeMs ? `${stats.size} ${stats.mtimeMs}` : "unsettled"
}

/** File systems take modification times from a clock that is up to some milliseconds late. */
const clockLagMs = 20

/**
 * Every bundle has a folder of its own and becomes current by one rename: processes may bundle at
 * the same time, and be killed at any moment. A source that was written meanwhile counts as changed.
 * @param {Bundle} bundle
 */
async function makeBundle(bundle) {
  const settledBeforeMs = Date.now() - clockLagMs
  // The bundler, a Go program, ends with this one: collecting its garbage would take a third of its time.
  process.env["GOGC"] ??= "off"
  const { build } = await import("esbuild")
  const { root, buildFolder } = bundle
  const { outputFiles, metafile } = await build({ ...getBuildOptions(bundle), write: false })
  const name = randomUUID()
  const folder = join(buildFolder, name)
  mkdirSync(folder, { recursive: true })
  /** @type {Current["stamps"]} */
  const stamps = {}
  for (const path of listInputs(bundle, metafile))
    stamps[path] = stampFile(`${root}/${path}`, settledBeforeMs)
  for (const { path, contents } of outputFiles) {
    const file = join(folder, basename(path))
    writeFileSync(file, contents)
    stamps[relative(root, file)] = stampFile(file)
  }
  const replaced = readCurrent(buildFolder)?.name
  writeFileSync(join(folder, "bundle.json"), JSON.stringify({ name, stamps }))
  renameSync(join(folder, "bundle.json"), join(buildFolder, "bundle.json"))
  removeOldBundles(buildFolder, name, replaced)
  return name
}

/** @param {Bundle} bundle */
function getBuildOptions({ root, buildFolder, programs, plugins }) {
  return {
    ...buildOptions,
    absWorkingDir: root,
    outdir: join(buildFolder, "bundle"), // as deep as the folder of every bundle
    entryPoints: Object.entries(programs)
      .filter(([, path]) => stampFile(`${root}/${path}`) !== "absent")
      .map(([out, path]) => ({ in: path, out })),
    plugins: [...plugins],
  }
}

/** Options of all bundles: modules that Node 20 runs. */
export const buildOptions = /** @satisfies {BuildOptions} */ ({
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20",
  tsconfigRaw: {},
  external: ["pg-native"],
  // CommonJS packages call `require`, which ES modules lack.
  banner: {
    js: `import { createRequire as requireFrom } from "node:module"; const require = requireFrom(import.meta.url);`,
  },
  sourcemap: "linked",
  sourcesContent: false,
  legalComments: "none",
  metafile: true,
  logLevel: "silent",
})

/**
 * Installed packages change only with the lockfile of what is installed.
 * @param {Bundle} bundle
 * @param {Metafile} metafile
 */
function listInputs({ programs, markers }, { inputs }) {
  const sources = Object.keys(inputs).filter((path) => !path.includes("node_modules/"))
  const installations = Object.keys(inputs).flatMap(findInstallation)
  return new Set([...sources, ...Object.values(programs), ...installations, ...markers])
}

/**
 * Lists the files that package managers rewrite when the packages beside an installed file change.
 * @param {string} path
 */
function findInstallation(path) {
  const end = path.indexOf("node_modules/")
  if (end === -1) return []
  return ["node_modules/.pnpm/lock.yaml", "node_modules/.package-lock.json"].map(
    (name) => path.slice(0, end) + name,
  )
}

const dayMs = 24 * 60 * 60 * 1000

/**
 * A bundle is removed a day after it was replaced: a command that is running may still load from it.
 * @param {string} folder
 * @param {string} current
 * @param {string | undefined} replaced
 */
function removeOldBundles(folder, current, replaced) {
  const now = Date.now()
  for (const name of readdirSync(folder)) {
    if (name === current || name === "bundle.json") continue
    const path = join(folder, name)
    if (name === replaced) utimesSync(path, now / 1000, now / 1000)
    const { mtimeMs = now } = statSync(path, { throwIfNoEntry: false }) ?? {}
    if (now - mtimeMs > dayMs) rmSync(path, { recursive: true, force: true })
  }
}

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
import { createRequire } from "node:module"
import { basename, join, relative } from "node:path"
import { fileURLToPath } from "node:url"

/** @import { BuildOptions, Metafile, Plugin } from "esbuild" */

export const workspace = fileURLToPath(new URL("../../../", import.meta.url))
const buildFolder = join(workspace, "apps/materializer/.build")

/**
 * The programs of each bundle. An edited asset is bundled without Freshet's own sources, in a tenth of the time.
 * @type {Record<BundleName, Record<string, string>>}
 */
const bundles = {
  command: {
    main: "apps/materializer/src/main.ts",
    supervisor: "packages/embedded-postgres/src/supervisor.ts",
  },
  project: { config: "freshet.config.ts" },
}

/** @typedef {"command" | "project"} BundleName */

/**
 * The content of `bundle.json`: the newest bundle, and size and modification time of every
 * file it was made from or consists of.
 * @typedef {{ name: string, stamps: Record<string, string> }} Current
 */

/**
 * Returns the folder of a bundle. The sources are bundled first if they changed.
 * @param {BundleName} bundle
 * @returns {Promise<string>}
 */
export async function currentBundle(bundle) {
  const folder = join(buildFolder, bundle)
  const current = readCurrent(folder)
  return join(folder, current && isUpToDate(current) ? current.name : await makeBundle(bundle))
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

/** @param {Current} current */
function isUpToDate({ stamps }) {
  for (const path in stamps) if (stampFile(path) !== stamps[path]) return false
  return true
}

/** @param {string} path relative to the workspace */
function stampFile(path, settledBeforeMs = Infinity) {
  const stats = statSync(workspace + path, { throwIfNoEntry: false })
  if (stats === undefined) return "absent"
  return stats.mtimeMs < settledBeforeMs ? `${stats.size} ${stats.mtimeMs}` : "unsettled"
}

/** File systems take modification times from a clock that is up to some milliseconds late. */
const clockLagMs = 20

/**
 * Every bundle has a folder of its own and becomes current by one rename: processes may bundle at
 * the same time, and be killed at any moment. A source that was written meanwhile counts as changed.
 * @param {BundleName} bundle
 */
async function makeBundle(bundle) {
  const settledBeforeMs = Date.now() - clockLagMs
  // The bundler, a Go program, ends with this one: collecting its garbage would take a third of its time.
  process.env["GOGC"] ??= "off"
  const { build } = await import("esbuild")
  const bundleFolder = join(buildFolder, bundle)
  const programs = Object.entries(bundles[bundle])
  const entryPoints = programs
    .filter(([, path]) => stampFile(path) !== "absent")
    .map(([out, path]) => ({ in: path, out }))
  const { outputFiles, metafile } = await build({ ...options, entryPoints })
  const name = randomUUID()
  const folder = join(bundleFolder, name)
  mkdirSync(folder, { recursive: true })
  /** @type {Current["stamps"]} */
  const stamps = {}
  for (const path of listInputs(programs, metafile)) stamps[path] = stampFile(path, settledBeforeMs)
  for (const { path, contents } of outputFiles) {
    writeFileSync(join(folder, basename(path)), contents)
    const output = relative(workspace, join(folder, basename(path)))
    stamps[output] = stampFile(output)
  }
  const replaced = readCurrent(bundleFolder)?.name
  writeFileSync(join(folder, "bundle.json"), JSON.stringify({ name, stamps }))
  renameSync(join(folder, "bundle.json"), join(bundleFolder, "bundle.json"))
  removeOldBundles(bundleFolder, name, replaced)
  return name
}

/**
 * Native packages, and the large ones of the object store, stay where they are installed. The path is relative, so that the workspace may move.
 * @type {Plugin}
 */
const nativePackages = {
  name: "native packages",
  setup({ onResolve }) {
    onResolve(
      { filter: /^(@duckdb\/node-bindings|@node-rs\/xxhash|@aws-sdk\/.*)$/ },
      ({ path, resolveDir }) => {
        const installed = createRequire(`${resolveDir}/`).resolve(path)
        return { path: relative(options.outdir, installed), external: true }
      },
    )
  },
}

const options = /** @satisfies {BuildOptions} */ ({
  absWorkingDir: workspace,
  outdir: join(buildFolder, "command/bundle"), // as deep as the folder of every bundle
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20",
  tsconfigRaw: {},
  external: ["pg-native"],
  plugins: [nativePackages],
  // CommonJS packages call `require`, which ES modules lack.
  banner: {
    js: `import { createRequire as requireFrom } from "node:module"; const require = requireFrom(import.meta.url);`,
  },
  sourcemap: "linked",
  sourcesContent: false,
  legalComments: "none",
  metafile: true,
  write: false,
  logLevel: "silent",
})

/**
 * Installed packages change only with the lockfile of what is installed.
 * @param {[string, string][]} programs
 * @param {Metafile} metafile
 */
function listInputs(programs, { inputs }) {
  const sources = Object.keys(inputs).filter((path) => !path.includes("node_modules/"))
  const packages = sources.filter((path) => /^(apps|packages)\//.test(path))
  return new Set([
    ...sources,
    ...programs.map(([, path]) => path),
    ...packages.map((path) => `${path.split("/", 2).join("/")}/package.json`),
    "node_modules/.pnpm/lock.yaml",
    "apps/materializer/bin/bundle.js",
  ])
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

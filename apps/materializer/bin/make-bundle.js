import { randomUUID } from "node:crypto"
import { existsSync, statSync } from "node:fs"
import { mkdir, readdir, readFile, rename, rm, utimes, writeFile } from "node:fs/promises"
import { basename, join, relative, sep } from "node:path"
import { fileURLToPath } from "node:url"

import * as esbuild from "esbuild"

import { buildFolder, folderOf, markOf, readCurrent, workspace } from "./current-bundle.js"

/** @import { Metafile, OutputFile, Plugin } from "esbuild" */
/** @import { Current } from "./current-bundle.js" */

const entries = {
  main: "apps/materializer/src/main.ts",
  config: "freshet.config.ts",
  supervisor: "packages/embedded-postgres/src/supervisor.ts",
}

/** Native packages, and packages so large that bundling them costs more than it saves. */
const external =
  /^(@duckdb\/node-bindings|@embedded-postgres\/|@aws-sdk\/|apache-arrow$|esbuild$|pg-native$)/

const build = fileURLToPath(buildFolder)

/** Stands for every bundle's folder: all lie equally deep, so paths out of them are the same. */
const outdir = join(build, "bundle")

/** Linux stamps files by a clock that may lag the real one by some milliseconds. */
const clockGrainMs = 20

/** By looking for it pg finds out whether it runs at Cloudflare; Node loads a whole web client for that. */
const notAtCloudflare = { Response: "undefined" }

const dayMs = 24 * 60 * 60 * 1000

/**
 * Bundles the sources into a folder of its own and makes that the current one. Safe beside other
 * processes doing the same, and at any point of interruption: `current.json` is replaced last, at
 * once.
 * @returns {Promise<URL>}
 */
export async function makeBundle() {
  const startedAt = Date.now()
  const { outputFiles, metafile } = await buildPrograms()
  const folder = randomUUID()
  await writeBundle(folder, outputFiles)
  const outputs = outputFiles.map((file) => {
    const path = `apps/materializer/.build/${folder}/${basename(file.path)}`
    return [path, markOf(path)]
  })
  const replaced = readCurrent()?.folder
  const marks = Object.fromEntries([...marksOf(inputsOf(metafile), startedAt), ...outputs])
  const current = { folder, marks }
  await writeCurrent(current)
  await sweep(replaced)
  return folderOf(current)
}

async function buildPrograms() {
  return await esbuild.build({
    absWorkingDir: workspace,
    entryPoints: Object.fromEntries(
      Object.entries(entries).filter(([, path]) => existsSync(workspace + path)),
    ),
    outdir,
    bundle: true,
    platform: "node",
    target: "node20",
    conditions: [],
    sourcemap: "linked",
    sourcesContent: false,
    legalComments: "none",
    define: notAtCloudflare,
    plugins: [externalPlugin, lazyPlugin, importMetaPlugin],
    metafile: true,
    write: false,
    logLevel: "silent",
    splitting: true,
    format: "esm",
    chunkNames: "[name]-[hash]",
    banner: {
      js: `import { createRequire as createRequireOf } from "node:module"; const require = createRequireOf(import.meta.url);`,
    },
  })
}

/**
 * An external package is loaded at the first use of anything in it, however early a source imports
 * it, because loading one takes longer than most commands do. The stub is CommonJS, so esbuild
 * turns each use of an imported name into a property read, which the prototype answers. The
 * package is named by its path: a bundle stands where strict `node_modules` would not find it.
 * @type {Plugin}
 */
const externalPlugin = {
  name: "external",
  setup({ onResolve, onLoad, resolve }) {
    onResolve({ filter: external }, async ({ path, kind, importer, resolveDir, pluginData }) => {
      if (pluginData === "look up") return undefined
      const question = { importer, resolveDir, pluginData: "look up" }
      const found = await resolve(path, { ...question, kind: "require-call" })
      if (found.errors.length > 0) return { path, external: true }
      const fromBundle = relative(outdir, found.path)
      if (kind === "dynamic-import") return { path: urlPath(fromBundle), external: true }
      return { path: fromBundle, namespace: "external", sideEffects: false }
    })
    onResolve({ filter: /./, namespace: "external" }, ({ path }) => ({ path, external: true }))
    onLoad({ filter: /./, namespace: "external" }, ({ path }) => ({
      contents: `
        const load = () => require(${JSON.stringify(path)})
        module.exports = Object.create(new Proxy({}, { get: (_, name) => load()[name] }))`,
    }))
  },
}

/**
 * Packages that export one function and get ready for it at some length do so at its first use.
 * @type {Plugin}
 */
const lazyPlugin = {
  name: "lazy",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^string-width$/ }, ({ path, resolveDir, namespace }) =>
      namespace === "lazy" ? undefined : { path, namespace: "lazy", pluginData: resolveDir },
    )
    onLoad({ filter: /./, namespace: "lazy" }, ({ path, pluginData: resolveDir }) => ({
      contents: `
        let ready
        module.exports = (...given) => (ready ??= require(${JSON.stringify(path)}).default)(...given)`,
      resolveDir,
    }))
  },
}

/**
 * In the bundle `import.meta.url` still names the source file, so that a source finds the files
 * and packages beside it.
 * @type {Plugin}
 */
const importMetaPlugin = {
  name: "import-meta",
  setup({ onLoad }) {
    onLoad({ filter: /[\\/](packages|apps)[\\/][^\\/]+[\\/]src[\\/].*\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, "utf8")
      if (!text.includes("import.meta.url")) return { contents: text, loader: "ts" }
      const url = `new URL(${JSON.stringify(urlPath(relative(outdir, path)))}, import.meta.url).href`
      return { contents: text.replaceAll("import.meta.url", url), loader: "ts" }
    })
  },
}

/** @param {string} path */
function urlPath(path) {
  return path.split(sep).map(encodeURIComponent).join("/")
}

/**
 * @param {string} folder
 * @param {readonly OutputFile[]} files
 */
async function writeBundle(folder, files) {
  await mkdir(join(build, folder), { recursive: true })
  await Promise.all(
    files.map((file) => writeFile(join(build, folder, basename(file.path)), file.contents)),
  )
}

/**
 * Installed packages are left out: the installer's own record of what is installed stands for them.
 * @param {Metafile} metafile
 */
function inputsOf({ inputs }) {
  const sources = Object.keys(inputs).filter((path) => !path.includes("node_modules/"))
  const manifests = sources
    .filter((path) => path.includes("/"))
    .map((path) => `${path.split("/", 2).join("/")}/package.json`)
  return [
    ...new Set([
      ...sources,
      ...manifests,
      ...Object.values(entries),
      "package.json",
      "pnpm-lock.yaml",
      "node_modules/.pnpm/lock.yaml",
      "tsconfig.base.json",
      "apps/materializer/bin/make-bundle.js",
    ]),
  ]
}

/**
 * A file written while the bundle was being made may or may not be in it, so its mark never holds.
 * @param {readonly string[]} inputs
 * @param {number} startedAt
 */
function marksOf(inputs, startedAt) {
  return inputs.map((path) => {
    const writtenAt = statSync(workspace + path, { throwIfNoEntry: false })?.mtimeMs ?? 0
    return [path, writtenAt > startedAt - clockGrainMs ? "unsettled" : markOf(path)]
  })
}

/** @param {Current} current */
async function writeCurrent(current) {
  const fresh = join(build, `${current.folder}.json`)
  await writeFile(fresh, JSON.stringify(current))
  await rename(fresh, join(build, "current.json"))
}

/**
 * Removes bundles a day after they were replaced: a command that is still running may yet import
 * from one.
 * @param {string | undefined} replaced
 */
async function sweep(replaced) {
  const now = new Date()
  if (replaced !== undefined) await utimes(join(build, replaced), now, now).catch(() => undefined)
  const kept = readCurrent()?.folder
  for (const name of await readdir(build)) {
    const path = join(build, name)
    if (name === kept || name === "current.json") continue
    const age = now.getTime() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0)
    if (age > dayMs) await rm(path, { recursive: true, force: true })
  }
}

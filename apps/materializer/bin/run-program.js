import { join } from "node:path"
import { pathToFileURL } from "node:url"

import { openProject } from "./bundle-project.js"
import { exitWhenWritten } from "./exit-when-written.js"

/**
 * Runs the command of this process and sets the exit code.
 * @param {() => Promise<string>} findPrograms finds the folder of the command's programs
 * @param {(error: any) => string | undefined} explain explains why the programs cannot be found; undefined for a fault
 */
export async function runProgram(findPrograms, explain) {
  if (process.env["FRESHET_DEBUG"]) process.setSourceMapsEnabled(true)
  // Without `navigator`, which Node 20 lacks, the package pg loads Node's web client to look for Cloudflare.
  if (!("navigator" in globalThis))
    Object.assign(globalThis, { navigator: { userAgent: `Node.js/${process.versions.node}` } })
  const files = await Promise.all([findPrograms(), openProject(process)]).catch((error) => {
    const explanation = explain(error)
    if (explanation === undefined) throw error
    process.stderr.write(`error: ${explanation}\n`)
    process.exitCode = 2
  })
  if (files === undefined) return
  const [folder, project] = files
  const { main } = await import(pathToFileURL(join(folder, "main.js")).href)
  process.exitCode = await main(process.argv.slice(2), {
    ...project,
    supervisorPath: join(folder, "supervisor.js"),
    codeProcessPath: join(folder, "code-process.js"),
    process,
  })
  exitWhenWritten(process)
}

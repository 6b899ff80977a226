#!/usr/bin/env node
import { join } from "node:path"
import { pathToFileURL } from "node:url"

import { currentBundle, workspace } from "./bundle.js"
import { exitWhenWritten } from "./exit-when-written.js"

if (process.env["FRESHET_DEBUG"]) process.setSourceMapsEnabled(true)
// Without `navigator`, which Node 20 lacks, the package pg loads Node's web client to look for Cloudflare.
if (!("navigator" in globalThis))
  Object.assign(globalThis, { navigator: { userAgent: `Node.js/${process.versions.node}` } })

const bundles = await Promise.all([currentBundle("command"), currentBundle("project")]).catch(
  explain,
)

if (bundles !== undefined) {
  const [command, project] = bundles
  const { main } = await import(pathToFileURL(join(command, "main.js")).href)
  process.exitCode = await main(process.argv.slice(2), {
    workspace,
    configPath: join(project, "config.js"),
    supervisorPath: join(command, "supervisor.js"),
    process,
  })
  exitWhenWritten(process)
}

/** @param {any} error */
function explain(error) {
  const explanation = explainBuild(error)
  if (explanation === undefined) throw error
  process.stderr.write(`error: ${explanation}\n`)
  process.exitCode = 2
}

/** @param {any} error */
function explainBuild({ code, message, syscall, errors: [problem] = [] }) {
  if (code === "ERR_MODULE_NOT_FOUND")
    return `Freshet is not set up: ${message}\n  Run \`npm run setup\` in ${workspace}.`
  if (syscall !== undefined)
    return `Sources changed, but the bundle cannot be written: ${message}.\n  Run one \`freshet\` command as a user who may write there.`
  if (!problem?.location) return problem?.text
  const { file, line, column } = problem.location
  return `${file}:${line}:${column + 1}: ${problem.text}`
}

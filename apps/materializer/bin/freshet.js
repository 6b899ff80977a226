#!/usr/bin/env node
import { existsSync } from "node:fs"

import { answer } from "./answer.js"
import { findCurrentBundle } from "./current-bundle.js"

const folder = findCurrentBundle() ?? (await makeBundle())

if (folder !== undefined) {
  process.exitCode = await answer(process.argv.slice(2), folder, {
    loadConfig: () => loadConfig(folder),
    process,
  })
}

async function makeBundle() {
  try {
    const { makeBundle } = await import("./make-bundle.js")
    return await makeBundle()
  } catch (error) {
    process.stderr.write(`${explain(error)}\n`)
    process.exitCode = 1
    return undefined
  }
}

/** @param {URL} folder */
async function loadConfig(folder) {
  const config = new URL("config.js", folder)
  return existsSync(config) ? (await import(config.href)).default : undefined
}

/** @param {any} error */
function explain(error) {
  if (error.code === "ERR_MODULE_NOT_FOUND") {
    return `Freshet is not set up: ${error.message}\nRun \`npm run setup\` in the workspace.`
  }
  if (["EROFS", "EACCES", "EPERM"].includes(error.code)) {
    return `Freshet's sources changed, and the program cannot be bundled anew: ${error.message}\nRun one \`freshet\` command as a user who may write there.`
  }
  return `Freshet's sources cannot be bundled: ${error.message}`
}

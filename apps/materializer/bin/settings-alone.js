import { spawn } from "node:child_process"
import { fileURLToPath } from "node:url"

import * as esbuild from "esbuild"

const roomPath = fileURLToPath(new URL("empty-room.js", import.meta.url))
const longestMs = 20_000

/**
 * What a configuration says besides its assets, if its sources alone decide that and what the
 * assets are: then nothing but an edit can change it. Undefined when it looks at the environment,
 * at files, the clock or anything else while it is loaded, or cannot be loaded at all.
 * @param {string} folder
 * @param {string} path of the configuration in it
 * @returns {Promise<object | undefined>}
 */
export async function settingsAlone(folder, path) {
  try {
    const printed = await evaluateAlone(await bundled(folder, path))
    return printed === "" ? undefined : JSON.parse(printed)
  } catch {
    return undefined
  }
}

/**
 * @param {string} folder
 * @param {string} path
 */
async function bundled(folder, path) {
  const { outputFiles } = await esbuild.build({
    absWorkingDir: folder,
    entryPoints: [path],
    bundle: true,
    format: "cjs",
    platform: "node",
    target: "node20",
    conditions: [],
    define: { "import.meta": "importMeta" },
    supported: { "dynamic-import": false },
    write: false,
    logLevel: "silent",
  })
  return outputFiles[0]?.text ?? ""
}

/**
 * In a process of its own, which a module may break or keep busy without harm.
 * @param {string} code
 * @returns {Promise<string>}
 */
function evaluateAlone(code) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [roomPath], {
      stdio: ["pipe", "pipe", "ignore"],
      timeout: longestMs,
    })
    let printed = ""
    child.stdout.setEncoding("utf8").on("data", (text) => (printed += text))
    child.stdin.on("error", reject).end(code)
    child.once("error", reject)
    child.once("close", (code) => resolve(code === 0 ? printed : ""))
  })
}

import { appendFileSync } from "node:fs"
import { createRequire, register } from "node:module"

const list = process.env.FRESHET_TEST_MODULES

if (list !== undefined) {
  register(
    `data:text/javascript,${encodeURIComponent(`
      import { appendFileSync } from "node:fs"
      export async function load(url, context, nextLoad) {
        appendFileSync(${JSON.stringify(list)}, url + "\\n")
        return nextLoad(url, context)
      }`)}`,
  )
  const Module = createRequire(import.meta.url)("node:module")
  const load = Module["_load"]
  /** @param {[string, ...unknown[]]} request */
  Module["_load"] = (...request) => {
    appendFileSync(list, `${request[0]}\n`)
    return load(...request)
  }
}

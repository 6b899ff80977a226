import { fileURLToPath, pathToFileURL } from "node:url"

import { findCurrentBundle } from "../../../bin/current-bundle.js"

// Runs the real command line over assets of its own: the first argument is their bundle.
const [config = "", ...words] = process.argv.slice(2)
const bundle = findCurrentBundle()
if (bundle === undefined) throw new Error("the program is not bundled yet")
const { main } = await import(new URL("main.js", bundle).href)
process.exitCode = await main(words, {
  loadConfig: async () => (await import(pathToFileURL(config).href)).default,
  keeperPath: fileURLToPath(new URL("keeper.js", bundle)),
  process,
})

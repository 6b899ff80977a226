import { createRequire } from "node:module"
import { fileURLToPath } from "node:url"

/**
 * What is the same wherever a bundle lies.
 * @typedef {{ loadConfig: () => Promise<unknown>, known?: { declarations: string, settings: object } | undefined, process: NodeJS.Process }} Given
 */

/**
 * Runs one command of the program in a folder, and gives its exit status.
 * @param {readonly string[]} argv
 * @param {URL} folder
 * @param {Given} given
 * @returns {Promise<number>}
 */
export async function answer(argv, folder, given) {
  const launch = {
    ...given,
    keeperPath: fileURLToPath(new URL("keeper.js", folder)),
    helperPath: fileURLToPath(new URL("seen-helper.cjs", folder)),
  }
  if (mayFindNothing(argv)) {
    const { sayAgain } = createRequire(folder)("./said-again.cjs")
    if (await sayAgain(argv, launch)) return 0
  }
  const { main } = await import(new URL("main.js", folder).href)
  return await main(argv, launch)
}

/**
 * Whether the command is one that may find nothing to do, and is not only asked what it does.
 * @param {readonly string[]} argv
 */
function mayFindNothing([command, ...words]) {
  const isHelp = words.includes("--help") || words.includes("-h")
  return (command === "materialize" || command === "plan") && !isHelp
}

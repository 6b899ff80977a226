import { fileURLToPath } from "node:url"

/**
 * What is the same wherever a bundle lies.
 * @typedef {{ loadConfig: () => Promise<unknown>, process: NodeJS.Process }} Given
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
    supervisorPath: fileURLToPath(new URL("supervisor.js", folder)),
  }
  const { main } = await import(new URL("main.js", folder).href)
  return await main(argv, launch)
}

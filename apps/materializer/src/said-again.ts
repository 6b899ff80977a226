import { nameOfAnswer } from "./commands/answer-name.ts"
import { demoFlag } from "./commands/command-line.ts"
import { demoConfig, type Settings } from "./config.ts"
import { keeperCommandOf, knownOf, type Launch, wordsOf } from "./launch.ts"
import { looksOf } from "./look-of-process.ts"
import { outputOf, quitQuietly } from "./output-of-process.ts"
import { readAnswer } from "./project/answer-file.ts"
import { holds } from "./project/plan-basis.ts"

/**
 * Says again what the same words were answered the last time, when that was that there is nothing to do and nothing has
 * changed since: without loading what the words mean or what is declared, and without reading what the ledger knows.
 * Gives whether it did. A program of its own, since that takes less time than to load the whole.
 */
export async function sayAgain(argv: readonly string[], launch: Launch): Promise<boolean> {
  const { process } = launch
  const known = knownOf(launch)
  const words = wordsOf(argv)
  const isDemo = words.includes(demoFlag)
  const settings = await known?.settings().catch(() => undefined) // the command itself says what is wrong with them
  if (known === undefined || settings === undefined) return false
  const meant: Settings = isDemo ? demoConfig(settings) : settings
  const look = looksOf(process, words.length < argv.length).out
  const out = { ...outputOf(process.stdout, look), ...(isDemo && { commandFlag: demoFlag }) }
  const name = nameOfAnswer({ out, versions: process.versions, words }, known, meant)
  const last = readAnswer(meant.home, name)
  const programs = { keeperCommand: keeperCommandOf(launch), helperPath: launch.helperPath }
  if (last === undefined || !(await holds(meant, programs, last.basis))) return false
  quitQuietly(process)
  await out.write(last.text)
  return true
}

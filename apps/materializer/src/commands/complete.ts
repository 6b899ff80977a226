import type { AnyAsset } from "@freshet/core"
import { stateValues } from "@freshet/core/engine"

import type { CommandLine } from "../terminal/command-line.ts"
import { exitCodes } from "../terminal/exit-code.ts"

/** Commands with files or ids of runs as arguments, which the shell completes. */
const commandsWithoutAssets: ReadonlySet<string> = new Set(["apply", "runs"])

/** Prints the completions of the typed words, one a line. */
export async function complete(
  cli: CommandLine,
  _flags: unknown,
  ...typedWords: readonly string[]
): Promise<number> {
  const { proposeNextWords } = await import("../terminal/routes.ts")
  const word = typedWords.at(-1) ?? ""
  const proposals = (await proposeNextWords(cli, typedWords)).map(({ completion }) => completion)
  const takesAssets = typedWords.length > 1 && !commandsWithoutAssets.has(typedWords[0] ?? "")
  const names = word.startsWith("-") || !takesAssets ? [] : await listSelectable(cli, word)
  const completions = [...new Set([...proposals, ...names])]
  await cli.out.write(completions.map((text) => `${text}\n`).join(""))
  return exitCodes.done
}

/** Lists names of assets and attributes of a selection that begin with a word, after its plus sign. */
async function listSelectable(cli: CommandLine, word: string): Promise<readonly string[]> {
  const sign = /^\d*\+/.exec(word)?.[0] ?? ""
  const start = word.slice(sign.length)
  const config = await cli.loadConfig().catch(() => undefined) // a completion prints no errors
  const assets = config?.assets ?? []
  const attributes = listAttributes(assets)
  const prefixes = [...new Set(attributes.map((text) => `${text.split(":", 1).join()}:`))]
  return [...assets.map(({ name }) => name), ...(start.includes(":") ? attributes : prefixes)]
    .filter((text) => text.startsWith(start))
    .map((text) => `${sign}${text}`)
}

/** Lists the attributes of a selection: `group:movies`, `status:stale`, … */
function listAttributes(assets: readonly AnyAsset[]): readonly string[] {
  const values = {
    group: assets.map(({ group }) => group),
    ...stateValues,
    tag: assets.flatMap(({ tags }) => tags),
    owner: assets.flatMap(({ owners }) => owners),
    kind: assets.map((asset) => (asset.kind === "source" ? "source" : asset.computation.kind)),
  }
  return Object.entries(values).flatMap(([attribute, attributeValues]) =>
    [...new Set(attributeValues)].map((value) => `${attribute}:${value}`),
  )
}

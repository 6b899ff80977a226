import type { AnyAsset } from "@freshet/core"
import { stateValues } from "@freshet/core/engine"

import { getCompletionScript } from "../render/completion-script.ts"
import type { CommandLine } from "../terminal/command-line.ts"
import { exitCodes } from "../terminal/exit-code.ts"

/** Prints the script that makes a shell ask for completions. */
export async function completion(
  cli: CommandLine,
  _flags: unknown,
  shell: "bash" | "zsh" | "fish",
): Promise<number> {
  await cli.out.write(getCompletionScript(shell))
  return exitCodes.done
}

/** Commands that are given files or runs: the shell knows better. */
const commandsWithoutAssets: ReadonlySet<string> = new Set(["apply", "runs"])

/** Answers a shell: one completion a line. */
export async function complete(
  cli: CommandLine,
  _flags: unknown,
  ...typed: readonly string[]
): Promise<number> {
  const { proposeNextWords } = await import("../terminal/routes.ts")
  const last = typed.at(-1) ?? ""
  const commandWords = (await proposeNextWords(cli, typed)).map(({ completion }) => completion)
  const takesAssets = typed.length > 1 && !commandsWithoutAssets.has(typed[0] ?? "")
  const names = last.startsWith("-") || !takesAssets ? [] : await listSelectable(cli, last)
  const completions = [...new Set([...commandWords, ...names])]
  await cli.out.write(completions.map((text) => `${text}\n`).join(""))
  return exitCodes.done
}

/** Names of assets, and what else a selection may begin with, with the plus in front that has been typed. */
async function listSelectable(cli: CommandLine, typed: string): Promise<readonly string[]> {
  const sign = /^\d*\+/.exec(typed)?.[0] ?? ""
  const start = typed.slice(sign.length)
  const config = await cli.loadConfig().catch(() => undefined) // a completion never complains
  const assets = config?.assets ?? []
  const attributes = listAttributes(assets)
  const prefixes = [...new Set(attributes.map((text) => `${text.split(":", 1).join()}:`))]
  return [...assets.map(({ name }) => name), ...(start.includes(":") ? attributes : prefixes)]
    .filter((text) => text.startsWith(start))
    .map((text) => `${sign}${text}`)
}

/** `group:movies`, `status:stale`, … */
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

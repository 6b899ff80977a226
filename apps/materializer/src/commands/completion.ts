import { type AnyAsset, stateValues } from "@freshet/core"

import { completionScript } from "../render/completion-script.ts"
import type { CommandLine } from "./command-line.ts"
import { exitCodes } from "./exit-code.ts"

/** Prints the script that makes a shell ask for completions. */
export async function completion(
  cli: CommandLine,
  _flags: unknown,
  shell: "bash" | "zsh" | "fish",
): Promise<number> {
  await cli.out.write(completionScript(shell))
  return exitCodes.done
}

/** Commands that are given files or runs: the shell knows better. */
const withoutAssets: ReadonlySet<string> = new Set(["apply", "runs"])

/** Answers a shell: one completion a line. */
export async function complete(
  cli: CommandLine,
  _flags: unknown,
  ...typed: readonly string[]
): Promise<number> {
  const { proposals } = await import("./routes.ts")
  const last = typed.at(-1) ?? ""
  const found = (await proposals(cli, typed)).map(({ completion }) => completion)
  const takesAssets = typed.length > 1 && !withoutAssets.has(typed[0] ?? "")
  const names = last.startsWith("-") || !takesAssets ? [] : await selectable(cli, last)
  const all = [...new Set([...found, ...names])]
  await cli.out.write(all.map((text) => `${text}\n`).join(""))
  return exitCodes.done
}

/** Names of assets, and what else a selection may begin with, with the plus in front that has been typed. */
async function selectable(cli: CommandLine, typed: string): Promise<readonly string[]> {
  const sign = /^\d*\+/.exec(typed)?.[0] ?? ""
  const start = typed.slice(sign.length)
  const config = await cli.loadConfig().catch(() => undefined) // a completion never complains
  const assets = config?.assets ?? []
  const attributes = attributeTexts(assets)
  const begins = [...new Set(attributes.map((text) => `${text.split(":", 1).join()}:`))]
  return [...assets.map(({ name }) => name), ...(start.includes(":") ? attributes : begins)]
    .filter((text) => text.startsWith(start))
    .map((text) => `${sign}${text}`)
}

/** `group:movies`, `status:stale`, … */
function attributeTexts(assets: readonly AnyAsset[]): readonly string[] {
  const values = {
    group: assets.map(({ group }) => group),
    ...stateValues,
    tag: assets.flatMap(({ tags }) => tags),
    owner: assets.flatMap(({ owners }) => owners),
    kind: assets.map((asset) => (asset.kind === "source" ? "source" : asset.computation.kind)),
  }
  return Object.entries(values).flatMap(([attribute, of]) =>
    [...new Set(of)].map((value) => `${attribute}:${value}`),
  )
}

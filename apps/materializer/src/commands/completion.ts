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
  const names = last.startsWith("-") || !takesAssets ? [] : await assetNames(cli, last)
  const all = [...new Set([...found, ...names])]
  await cli.out.write(all.map((text) => `${text}\n`).join(""))
  return exitCodes.done
}

/** Names of assets, with the plus in front that has been typed. */
async function assetNames(cli: CommandLine, typed: string): Promise<readonly string[]> {
  const sign = /^\d*\+/.exec(typed)?.[0] ?? ""
  const start = typed.slice(sign.length)
  const config = await cli.loadConfig().catch(() => undefined) // a completion never complains
  return (config?.assets ?? [])
    .filter(({ name }) => name.startsWith(start))
    .map(({ name }) => `${sign}${name}`)
}

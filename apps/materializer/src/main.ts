import type { CommandLine } from "./commands/command-line.ts"
import { exitCodes } from "./commands/exit-code.ts"
import { interruptionOf } from "./commands/interruption.ts"
import { openWorld } from "./commands/open-world.ts"
import { keeperCommandOf, type Launch, wholeConfig, wordsOf } from "./launch.ts"
import { looksOf } from "./look-of-process.ts"
import { outputOf, quitQuietly } from "./output-of-process.ts"
import type { Look } from "./render/look.ts"

/** Runs one command line and gives its exit status. */
export async function main(argv: readonly string[], launch: Launch): Promise<number> {
  const { process } = launch
  const words = wordsOf(argv)
  const looks = looksOf(process, words.length < argv.length)
  const cli = commandLine(launch, looks, words)
  quitQuietly(process)
  if (words.length === 0 || (words.length === 1 && isHelp(words[0]))) {
    const { rootHelpLines } = await import("./commands/root-help-lines.ts")
    await cli.out.write(`${rootHelpLines(looks.out).join("\n")}\n`)
    return exitCodes.done
  }
  if (words.length === 1 && (words[0] === "--version" || words[0] === "version")) {
    await cli.out.write(`freshet on Node ${process.versions.node}\n`)
    return exitCodes.done
  }
  const { runWords } = await import("./commands/routes.ts")
  await runWords(cli)
  return exitStatus(cli.process.exitCode)
}

function isHelp(word: string | undefined): boolean {
  return word === "--help" || word === "-h" || word === "help"
}

/** The parser's own codes are negative: all but its bugs mean wrong usage. */
function exitStatus(code: number | string | null | undefined): number {
  const given = Number(code ?? 0)
  if (given >= 0) return given
  return given === -4 || given === -5 ? exitCodes.usage : exitCodes.fault
}

function commandLine(
  launch: Launch,
  looks: { readonly out: Look; readonly err: Look },
  words: readonly string[],
): CommandLine {
  const { process } = launch
  const out = outputOf(process.stdout, looks.out)
  const err = outputOf(process.stderr, looks.err)
  const canAsk = process.stdin.isTTY && process.stdout.isTTY
  return {
    process: {
      stdout: { write: (text) => void out.write(text), ...colorDepth(looks.out) },
      stderr: { write: (text) => void err.write(text) },
    },
    out,
    err,
    ask: canAsk ? (question) => ask(process, question) : undefined,
    loadConfig: () => wholeConfig(launch),
    world: openWorld(keeperCommandOf(launch)),
    nowMs: Date.now,
    interruption: interruptionOf(process, (text) => void err.write(text)),
    debug: (process.env["FRESHET_DEBUG"] ?? "") !== "",
    versions: process.versions,
    words,
    cwd: process.cwd(),
  }
}

function colorDepth({ color }: Look): { getColorDepth?: () => number } {
  return color ? { getColorDepth: () => 4 } : {}
}

async function ask({ stdin, stderr }: NodeJS.Process, question: string): Promise<boolean> {
  const { createInterface } = await import("node:readline/promises")
  const lines = createInterface({ input: stdin, output: stderr })
  try {
    return /^y(es)?$/i.test((await lines.question(`${question} [y/N] `)).trim())
  } finally {
    lines.close()
  }
}

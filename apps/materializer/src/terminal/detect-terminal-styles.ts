import type { TerminalStyle } from "./terminal-style.ts"

/** The part of a process that decides the style. */
export interface TerminalEnvironment {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly platform: string
  readonly stdout: Stream
  readonly stderr: Stream
}

interface Stream {
  readonly isTTY: boolean
  readonly columns: number
}

/** Detects the style of both streams from NO_COLOR, FORCE_COLOR, the terminal and the locale. */
export function detectTerminalStyles(
  { env, platform, stdout, stderr }: TerminalEnvironment,
  noColor: boolean,
): { readonly out: TerminalStyle; readonly err: TerminalStyle } {
  const unicode = hasUnicode(env, platform)
  const detectStyle = (stream: Stream): TerminalStyle => ({
    color: hasColor(env, stream, noColor),
    unicode,
    columns: stream.isTTY ? stream.columns || 80 : undefined,
  })
  return { out: detectStyle(stdout), err: detectStyle(stderr) }
}

function hasColor(env: TerminalEnvironment["env"], { isTTY }: Stream, noColor: boolean): boolean {
  if (noColor || isSet(env["NO_COLOR"])) return false
  const forceColor = env["FORCE_COLOR"]
  if (isSet(forceColor)) return forceColor !== "0" && forceColor !== "false"
  return isTTY && env["TERM"] !== "dumb"
}

function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== ""
}

function hasUnicode(env: TerminalEnvironment["env"], platform: string): boolean {
  const locale = [env["LC_ALL"], env["LC_CTYPE"], env["LANG"]].find(isSet)
  if (locale !== undefined) return /utf-?8/i.test(locale)
  return platform === "darwin"
}

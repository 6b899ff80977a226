import type { Look } from "./render/look.ts"

/** What decides how lines look, as far as a process knows it. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly platform: string
  readonly stdout: Stream
  readonly stderr: Stream
}

interface Stream {
  readonly isTTY: boolean
  readonly columns: number
}

/** How lines are to look on both streams: NO_COLOR and FORCE_COLOR are heard, and the locale decides on letters beyond ASCII. */
export function looksOf(
  { env, platform, stdout, stderr }: Surroundings,
  noColor: boolean,
): { readonly out: Look; readonly err: Look } {
  const unicode = hasUnicode(env, platform)
  const lookOf = (stream: Stream): Look => ({
    color: hasColor(env, stream, noColor),
    unicode,
    columns: stream.isTTY ? stream.columns || 80 : undefined,
  })
  return { out: lookOf(stdout), err: lookOf(stderr) }
}

function hasColor(env: Surroundings["env"], { isTTY }: Stream, noColor: boolean): boolean {
  if (noColor || isSet(env["NO_COLOR"])) return false
  const forced = env["FORCE_COLOR"]
  if (isSet(forced)) return forced !== "0" && forced !== "false"
  return isTTY && env["TERM"] !== "dumb"
}

function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== ""
}

function hasUnicode(env: Surroundings["env"], platform: string): boolean {
  const locale = [env["LC_ALL"], env["LC_CTYPE"], env["LANG"]].find(isSet)
  if (locale !== undefined) return /utf-?8/i.test(locale)
  return platform === "darwin"
}

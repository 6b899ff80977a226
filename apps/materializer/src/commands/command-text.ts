import type { OnlyState } from "./restrict-plan.ts"
import type { DayFlags } from "./targets.ts"

/** A command as a person would type it: under this text its run is remembered. */
export function commandText(
  command: string,
  words: readonly string[],
  flags: DayFlags & {
    readonly only?: OnlyState | undefined
    readonly downstream?: boolean
    readonly publish?: boolean
  },
): string {
  const days = (["date", "from", "to", "only"] as const).flatMap((name) => {
    const value = flags[name]
    return value === undefined ? [] : [`--${name}`, value]
  })
  return [
    command,
    ...words.map(shellWord),
    ...days,
    ...(flags.downstream === true ? ["--downstream"] : []),
    ...(flags.publish === false ? ["--no-publish"] : []),
  ].join(" ")
}

function shellWord(word: string): string {
  return /^[\w+:./@-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`
}

import type { Partitions } from "@freshet/core"

import type { OnlyState } from "./only-state.ts"
import type { PartitionArguments } from "./partition-arguments.ts"

/** A command as a person would type it: under this text its run is remembered. */
export function formatCommand(
  command: string,
  words: readonly string[],
  flags: PartitionArguments & {
    readonly only?: OnlyState | undefined
    readonly downstream?: boolean
    readonly publish?: boolean
  },
): string {
  const days = (["date", "from", "to", "partition", "only"] as const).flatMap((name) => {
    const value = flags[name]
    return value === undefined ? [] : [formatFlag(name, value)]
  })
  return [
    command,
    ...words.map(quoteShellWord),
    ...days,
    ...(flags.downstream === true ? ["--downstream"] : []),
    ...(flags.publish === false ? ["--no-publish"] : []),
  ].join(" ")
}

/** The flags that name one partition: a date, or a key of a set. */
export function formatPartitionFlag({ kind }: Partitions, key: string): string {
  return formatFlag(kind === "static" ? "partition" : "date", key)
}

/** A value that looks like a flag itself stands behind an equals sign. */
function formatFlag(name: string, value: string): string {
  return `--${name}${value.startsWith("-") ? "=" : " "}${quoteShellWord(value)}`
}

function quoteShellWord(word: string): string {
  return /^[\w+:./@-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`
}

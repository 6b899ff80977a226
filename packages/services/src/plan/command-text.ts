import type { Partitions } from "@freshet/core"
import { type Evaluation, formatPartitionKey } from "@freshet/core/engine"

import type { OnlyState } from "./only-state.ts"
import type { PartitionArguments } from "./partition-arguments.ts"

/** Formats a command as a person types it; its run is recorded under this text. */
export function formatCommand(
  command: string,
  words: readonly string[],
  flags: PartitionArguments & {
    readonly only?: OnlyState | undefined
    readonly downstream?: boolean
    readonly publish?: boolean
    readonly repin?: boolean
  },
): string {
  const valueFlags = (["date", "from", "to", "partition", "only"] as const).flatMap((name) => {
    const value = flags[name]
    return value === undefined ? [] : [formatFlag(name, value)]
  })
  return [
    command,
    ...words.map(quoteShellWord),
    ...valueFlags,
    ...(flags.downstream === true ? ["--downstream"] : []),
    ...(flags.repin === true ? ["--repin"] : []),
    ...(flags.publish === false ? ["--no-publish"] : []),
  ].join(" ")
}

/** Formats the flag that names one partition: a date or a key. */
export function formatPartitionFlag({ kind }: Partitions, key: string): string {
  return formatFlag(kind === "static" ? "partition" : "date", key)
}

/** Formats a flag; an equals sign precedes a value that begins with a dash. */
function formatFlag(name: string, value: string): string {
  return `--${name}${value.startsWith("-") ? "=" : " "}${quoteShellWord(value)}`
}

function quoteShellWord(word: string): string {
  return /^[\w+:./@-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`
}

/** Formats the command that materializes one partition of an asset; without a partition, its newest one. */
export function formatFixCommand(
  { graph, bounds }: Pick<Evaluation, "graph" | "bounds">,
  name: string,
  partition: number | undefined,
): string {
  const partitions = graph.assets.get(name)?.partitions ?? { kind: "none" }
  const isNewest = partitions.kind !== "static" && bounds.get(name)?.to === partition
  return partitions.kind === "none" || isNewest || partition === undefined
    ? `freshet materialize ${name}`
    : `freshet backfill ${name} ${formatPartitionFlag(partitions, formatPartitionKey(partitions, partition))}`
}

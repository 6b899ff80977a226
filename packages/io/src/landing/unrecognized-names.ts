import { formatPartitionKey, getPartitionNoun, type Problem } from "@freshet/core/engine"

import type { LandedEntry } from "./list-folder.ts"
import type { PathPattern } from "./path-pattern.ts"

/** Something in a source's folder that is not taken for rows of it. */
export interface UnrecognizedName {
  readonly kind: "no_key" | "outside" | "folder"
  readonly pattern: PathPattern
  readonly name: string
}

/** Returns one problem for all unrecognized names of a kind in a source's folder; these files are not read. */
export function toUnrecognizedNameProblems(names: readonly UnrecognizedName[]): readonly Problem[] {
  const groups = new Map<string, UnrecognizedName[]>()
  for (const name of names) {
    const key = `${name.kind} ${name.pattern.source.name}`
    groups.set(key, [...(groups.get(key) ?? []), name])
  }
  return [...groups.values()].flatMap((group) => (group[0] ? [toProblem(group[0], group)] : []))
}

function toProblem(
  { kind, pattern }: UnrecognizedName,
  group: readonly UnrecognizedName[],
): Problem {
  return {
    kind: "landing_name",
    asset: pattern.source.name,
    message: `${formatNames(group.map(({ name }) => name))} in ${formatFolder(pattern)} ${group.length === 1 ? "is" : "are"} not read: ${formatReason(kind, pattern)}.`,
    hint: `Files of \`${pattern.source.name}\` are named like ${formatExampleName(pattern)}.`,
  }
}

function formatReason(kind: UnrecognizedName["kind"], { source }: PathPattern): string {
  if (kind === "folder") return "a folder of part files holds files only"
  const noun = getPartitionNoun(source.partitions)
  return kind === "outside"
    ? `\`${source.name}\` has no such ${noun}`
    : `the name is no ${noun}${source.partitions.kind === "static" ? " of it" : ""}`
}

function formatExampleName({ source: { partitions, path } }: PathPattern): string {
  const key = formatPartitionKey(partitions, "start" in partitions ? partitions.start : 0)
  return path.replace("{partition}", encodeURIComponent(key).replaceAll("%2B", "+"))
}

/** Reports that several entries stand for one partition, which makes it ambiguous. */
export function toDuplicateProblem(pattern: PathPattern, entries: readonly LandedEntry[]): Problem {
  return {
    kind: "landing_twice",
    asset: pattern.source.name,
    message: `${formatNames(entries.map(({ name }) => name))} in ${formatFolder(pattern)} are the same partition.`,
    hint: "Keep one of them.",
  }
}

function formatFolder({ folder }: PathPattern): string {
  return folder === "" ? "the landing zone" : folder
}

const longestList = 5

function formatNames(names: readonly string[]): string {
  const first = names.slice(0, longestList).join(", ")
  return names.length > longestList ? `${first} and ${names.length - longestList} more` : first
}

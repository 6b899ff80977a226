import type { SourceAsset } from "@freshet/core"
import { formatLandingPath, getPartitionNoun, type Problem } from "@freshet/core/engine"

import type { PartitionProblem } from "./partition-files.ts"
import type { PathPattern } from "./path-pattern.ts"

/** An entry of a source's folder that is not read. */
export interface UnrecognizedName {
  readonly kind: "no_key" | "outside" | "folder" | "hidden"
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
    hint: formatHint(kind, pattern),
  }
}

function formatReason(kind: UnrecognizedName["kind"], { source }: PathPattern): string {
  if (kind === "folder") return "a folder of part files holds files only"
  if (kind === "hidden") return "such a name is of a file that is still being written"
  const noun = getPartitionNoun(source.partitions)
  return kind === "outside"
    ? `\`${source.name}\` has no such ${noun}`
    : `the name is no ${noun}${source.partitions.kind === "static" ? " of it" : ""}`
}

function formatHint(kind: UnrecognizedName["kind"], pattern: PathPattern): string {
  if (kind !== "hidden")
    return `Files of \`${pattern.source.name}\` are named like ${formatExampleName(pattern)}.`
  return pattern.source.partitions.kind === "static"
    ? "Write the first character as in a URL: %5F for an underscore, %2E for a dot."
    : "Declare a path without such a name."
}

function formatExampleName({ source: { partitions, path } }: PathPattern): string {
  return formatLandingPath(path, partitions, "start" in partitions ? partitions.start : 0)
}

/** A folder that cannot be listed, and the first source with files in it. */
export interface UnreadableFolder {
  readonly folder: string
  readonly reason: string
  readonly pattern: PathPattern
}

/** The problem of a folder that cannot be listed: the partitions that it had are blocked. */
export function toUnreadableFolderProblem({ folder, reason, pattern }: UnreadableFolder): Problem {
  return {
    kind: "landing_unreadable",
    asset: pattern.source.name,
    message: `The folder ${folder === "" ? "of the landing zone" : folder} ${reason}.`,
    hint: "Give this user the right to read it, or repair it.",
  }
}

/** The problem of a partition whose files cannot be used, which blocks what reads the partition. */
export function toPartitionProblem(
  { name }: SourceAsset,
  { kind, message, hint }: PartitionProblem,
): Problem {
  return {
    kind: kind === "ambiguous" ? "landing_twice" : "landing_unreadable",
    asset: name,
    message: `${message}.`,
    hint,
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

import { partitionKey, partitionNoun, type Problem } from "@freshet/core"

import type { LandedEntry } from "./list-folder.ts"
import type { PathPattern } from "./path-pattern.ts"

/** Something in a source's folder that is not taken for rows of it. */
export interface Stray {
  readonly kind: "no_key" | "outside" | "folder"
  readonly pattern: PathPattern
  readonly name: string
}

/** One problem for all the stray names of a kind that lie in a source's folder; nothing there is read. */
export function strayProblems(strays: readonly Stray[]): readonly Problem[] {
  const groups = new Map<string, Stray[]>()
  for (const stray of strays) {
    const key = `${stray.kind} ${stray.pattern.source.name}`
    groups.set(key, [...(groups.get(key) ?? []), stray])
  }
  return [...groups.values()].flatMap((group) => (group[0] ? [strayProblem(group[0], group)] : []))
}

function strayProblem({ kind, pattern }: Stray, group: readonly Stray[]): Problem {
  return {
    kind: "landing_name",
    asset: pattern.source.name,
    message: `${listed(group.map(({ name }) => name))} in ${place(pattern)} ${group.length === 1 ? "is" : "are"} not read: ${why(kind, pattern)}.`,
    hint: `Files of \`${pattern.source.name}\` are named like ${exampleOf(pattern)}.`,
  }
}

function why(kind: Stray["kind"], { source }: PathPattern): string {
  if (kind === "folder") return "a folder of part files holds files only"
  const noun = partitionNoun(source.partitions)
  return kind === "outside"
    ? `\`${source.name}\` has no such ${noun}`
    : `the name is no ${noun}${source.partitions.kind === "static" ? " of it" : ""}`
}

function exampleOf({ source: { partitions, path } }: PathPattern): string {
  const key = partitionKey(partitions, "start" in partitions ? partitions.start : 0)
  return path.replace("{partition}", encodeURIComponent(key).replaceAll("%2B", "+"))
}

/** That a partition is there more than once, and nobody can say which one counts. */
export function twiceProblem(pattern: PathPattern, entries: readonly LandedEntry[]): Problem {
  return {
    kind: "landing_twice",
    asset: pattern.source.name,
    message: `${listed(entries.map(({ name }) => name))} in ${place(pattern)} are the same partition.`,
    hint: "Keep one of them.",
  }
}

function place({ folder }: PathPattern): string {
  return folder === "" ? "the landing zone" : folder
}

const shown = 5

function listed(names: readonly string[]): string {
  const first = names.slice(0, shown).join(", ")
  return names.length > shown ? `${first} and ${names.length - shown} more` : first
}

import type { RunRow } from "../../api/documents.ts"
import type { StateName } from "../../ui/state-names.ts"

const runStates: Readonly<Record<RunRow["outcome"], StateName>> = {
  running: "running",
  succeeded: "fresh",
  failed: "failed",
  interrupted: "missing",
  killed: "failed",
}

/** Returns the state as which the outcome of a run is drawn; its word is the outcome. */
export function getRunState(outcome: RunRow["outcome"]): StateName {
  return runStates[outcome]
}

const shownLength = 60

/** Shortens the command of a run to a title: without the program, and with the number of many names. */
export function formatRunTitle(command: string): string {
  const title = command
    .replace(/^freshet /, "")
    .replace(/ --from (\S+) --to (\S+)/, ", $1 to $2")
    .replace(/ --(?:date|partition)[ =](\S+)/, ", $1")
    .replace(/ --only (\S+)/, ", only $1")
    .replace(/ --downstream/, " and downstream")
  const words = title.split(" ")
  if (title.length <= shownLength) return title
  const names = words.slice(1).filter((word) => !word.startsWith("-"))
  const [verb = ""] = words
  return `${verb} ${names[0] ?? ""} and ${names.length - 1} more`
}

import type { Settings } from "../config.ts"
import { hash } from "../project/hash.ts"
import type { CommandLine, Known, Output } from "./command-line.ts"

/** Who asks what. */
export interface Asked extends Pick<CommandLine, "versions" | "words"> {
  readonly out: Pick<Output, "look" | "commandFlag">
}

/** Names an answer: another for everything that it depends on besides its basis. Node knows the time zones, for one. */
export function nameOfAnswer(
  { out, versions, words }: Asked,
  { declarations }: Known,
  { lake, landing }: Settings,
): string {
  const { look, commandFlag } = out
  const program = [declarations, versions.node]
  return hash(JSON.stringify([program, lake, landing, look, commandFlag ?? null, words]))
}

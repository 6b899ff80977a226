/** Applies a diff without line numbers: its old lines must occur in the text once, and are replaced by its new lines. */
export function applyDiff(text: string, diff: string): string {
  const lines = diff.trimEnd().split("\n")
  const joinSide = (otherSign: string) =>
    lines
      .filter((line) => !line.startsWith(otherSign))
      .map((line) => `${line.slice(1)}\n`)
      .join("")
  const pieces = text.split(joinSide("+"))
  if (pieces.length !== 2)
    throw new Error(`the text has this ${pieces.length - 1} times, not once:\n${joinSide("+")}`)
  return pieces.join(joinSide("-"))
}

/** Omits any number of lines if alone on a line, or the rest of a line at its end. */
const gap = "…"

/** The time at which a version or an environment was created. */
const creationPattern = /(?<=\(version \d+, |^[a-z]+-\d+ +)\d{4}-\d{2}-\d{2} [\d:]+ UTC/g

/** Replaces the parts of an output that vary between runs and table layouts. */
function normalizeLines(text: string): readonly string[] {
  return text
    .trimEnd()
    .split("\n")
    .map((line) =>
      line
        .replaceAll(/\b\d+ min ago\b/g, "just now")
        .replaceAll(/\b\d{8}-\d{6}-[0-9a-f]{6}\b/g, "<run>")
        .replaceAll(/\b[0-9a-f]{32}\b/g, "<hash>")
        .replaceAll(/\b\d{4}-\d{2}-\d{2}T[\d:.]+Z/g, "<instant>")
        .replaceAll(creationPattern, "<instant>")
        .replaceAll(/\b\d{4}-\d{2}-\d{2}\b/g, (day) => day.replaceAll("-", "/"))
        .replaceAll(/(?<![\d/])\d[\d,.]*(?![\d/])/g, "#")
        .replaceAll(/ {2,}/g, "  ")
        .trimEnd(),
    )
}

/** Tests if an output is as documented. */
export function isAsDocumented(documented: string, printed: string): boolean {
  return isMatch(normalizeLines(documented), normalizeLines(printed))
}

function isMatch(documentedLines: readonly string[], printedLines: readonly string[]): boolean {
  const [first, ...laterLines] = documentedLines
  if (first === undefined) return printedLines.length === 0
  if (first.trim() === gap)
    return (
      laterLines.length === 0 ||
      printedLines.some((_, from) => isMatch(laterLines, printedLines.slice(from)))
    )
  return isSameLine(first, printedLines[0]) && isMatch(laterLines, printedLines.slice(1))
}

function isSameLine(documentedLine: string, printedLine: string | undefined): boolean {
  return documentedLine.endsWith(gap)
    ? (printedLine ?? "").startsWith(documentedLine.slice(0, -1))
    : documentedLine === printedLine
}

/** Tests if a documented output omits lines. */
export function hasGap(documented: string): boolean {
  return documented.split("\n").some((line) => line.endsWith(gap))
}

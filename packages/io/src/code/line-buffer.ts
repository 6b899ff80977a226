import { maxLineLength } from "@freshet/core/engine"

/** Passes the whole lines of a text on. The end of a line that is too long for a log is discarded. */
export function createLineBuffer(writeLine: (line: string) => void): {
  readonly append: (text: string) => void
} {
  let line = ""
  return {
    append: (text) => {
      const [first = "", ...furtherLines] = text.split("\n")
      line = extend(line, first)
      for (const next of furtherLines) {
        writeLine(line)
        line = extend("", next)
      }
    },
  }
}

/** One character more than a log records shows that the line was longer. */
function extend(line: string, text: string): string {
  return line.length > maxLineLength ? line : line + text.slice(0, maxLineLength + 1 - line.length)
}

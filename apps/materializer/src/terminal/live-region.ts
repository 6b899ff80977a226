import type { Output } from "./command-line.ts"

/** Lines at the bottom of a terminal that are redrawn in place; printed lines scroll up above them. */
export interface LiveRegion {
  readonly print: (lines: readonly string[]) => void
  readonly draw: (lines: readonly string[]) => void
  /** Erases the region and shows the cursor. */
  readonly close: () => void
}

const hideCursor = "\u001B[?25l"
const showCursor = "\u001B[?25h"

export function createLiveRegion(output: Output): LiveRegion {
  let drawnLines: readonly string[] = []
  let isOpen = false
  const write = (text: string) => void output.write(text)
  const eraseLines = () =>
    drawnLines.length === 0 ? "" : `\r\u001B[${drawnLines.length}A\u001B[0J`
  const joinLines = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join("")
  return {
    print: (lines) => write(`${eraseLines()}${joinLines(lines)}${joinLines(drawnLines)}`),
    draw: (lines) => {
      const start = isOpen ? eraseLines() : hideCursor
      isOpen = true
      write(`${start}${joinLines(lines)}`)
      drawnLines = lines
    },
    close: () => {
      if (isOpen) write(`${eraseLines()}${showCursor}`)
      drawnLines = []
      isOpen = false
    },
  }
}

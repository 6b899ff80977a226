import type { Output } from "./command-line.ts"

/** Lines at the bottom of a terminal that are drawn anew in place; lines printed meanwhile scroll up above them. */
export interface LiveRegion {
  readonly print: (lines: readonly string[]) => void
  readonly draw: (lines: readonly string[]) => void
  /** Takes the region away and gives the cursor back. */
  readonly close: () => void
}

const hideCursor = "\u001B[?25l"
const showCursor = "\u001B[?25h"

export function liveRegion(output: Output): LiveRegion {
  let drawn: readonly string[] = []
  let isOpen = false
  const write = (text: string) => void output.write(text)
  const wipe = () => (drawn.length === 0 ? "" : `\r\u001B[${drawn.length}A\u001B[0J`)
  const block = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join("")
  return {
    print: (lines) => write(`${wipe()}${block(lines)}${block(drawn)}`),
    draw: (lines) => {
      const start = isOpen ? wipe() : hideCursor
      isOpen = true
      write(`${start}${block(lines)}`)
      drawn = lines
    },
    close: () => {
      if (isOpen) write(`${wipe()}${showCursor}`)
      drawn = []
      isOpen = false
    },
  }
}

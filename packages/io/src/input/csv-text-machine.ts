import type { CsvSyntax } from "./csv-syntax.ts"
import type { FastCsvMachine } from "./fast-csv-machine.ts"

const [newline, carriageReturn] = [10, 13]

/** States that do not depend on the column. */
const [malformed, unsupported, lineEnd, strictText, strictStart] = [0, 1, 2, 3, 4]
const firstColumn = 5

/** States of each column: at the start of its value, in a bare value, in a quoted one, and after a quote in it. */
const statesPerColumn = 4

/**
 * Builds the machine that accepts lines with as many values as columns, bare or quoted, none of more than one line.
 * A line with another number of values, or with a quote in a bare value, needs the strict parser, as a line with text
 * after a quoted value. A quoted value that contains a line end makes the file unsupported.
 */
export function buildTextCsvMachine(width: number, syntax: CsvSyntax): FastCsvMachine {
  const delimiter = syntax.delimiter.charCodeAt(0)
  const quote = syntax.quote.charCodeAt(0)
  const rows = [
    createRow(malformed, {}),
    createRow(unsupported, {}),
    createRow(malformed, { [newline]: firstColumn }),
    createRow(strictText, { [delimiter]: strictStart, [newline]: malformed }),
    createRow(strictText, {
      [delimiter]: strictStart,
      [quote]: unsupported,
      [newline]: malformed,
    }),
  ]
  for (let column = 0; column < width; column += 1) {
    const start = firstColumn + column * statesPerColumn
    const [bare, quoted, closed] = [start + 1, start + 2, start + 3]
    const isLast = column === width - 1
    const ends = {
      [delimiter]: isLast ? strictStart : start + statesPerColumn,
      [newline]: isLast ? firstColumn : malformed,
      [carriageReturn]: isLast ? lineEnd : malformed,
    }
    rows.push(
      createRow(bare, { ...ends, [quote]: quoted }),
      createRow(bare, { ...ends, [quote]: strictText }),
      createRow(quoted, {
        [quote]: closed,
        [newline]: unsupported,
        [carriageReturn]: unsupported,
      }),
      createRow(malformed, { ...ends, [quote]: quoted }),
    )
  }
  for (const row of rows) if (row[0] !== unsupported) row[0] = malformed
  return { transitions: Uint16Array.from(rows.flat()), start: firstColumn, unsupported }
}

/** Creates the transitions of a state: to `next` by any byte but these. */
function createRow(next: number, transitions: Readonly<Record<number, number>>): number[] {
  const row = Array.from({ length: 256 }, () => next)
  for (const [byte, state] of Object.entries(transitions)) row[Number(byte)] = state
  return row
}

import { readFileSync, writeFileSync } from "node:fs"

import type { Graph, Mark, Snapshot, Timeline } from "@freshet/core"

/** A state as one file of columns and one of marks, so that what is measured starts with nothing but these. */
export function writeState(path: string, { timelines }: Snapshot): void {
  const all = [...timelines.values()]
  const lanes = all.flatMap(({ inputs, sums }) => [inputs, ...sums])
  const columns = [...lanes.flatMap(({ low, high }) => [low, high]), ...all.map(({ mark }) => mark)]
  const bytes = columns.map(({ buffer, byteOffset, byteLength }) =>
    Buffer.from(buffer, byteOffset, byteLength),
  )
  const marks = [...timelines].map(
    ([
      name,
      {
        length,
        marks: [mark],
      },
    ]) => [name, length, mark],
  )
  writeFileSync(path, Buffer.concat(bytes))
  writeFileSync(`${path}.json`, JSON.stringify(marks))
}

/** The state that was written so, under the graph's own names, as the ledger gives it. */
export function readState(path: string, { computations }: Graph): Snapshot {
  const { buffer, byteOffset } = readFileSync(path)
  const said = JSON.parse(readFileSync(`${path}.json`, "utf8")) as readonly [string, number, Mark][] // as it was written
  const timelines = new Map<string, Timeline>()
  let at = byteOffset
  let markAt = at + 8 * said.reduce((sum, [, length]) => sum + 2 * length + 1, 0)
  const names = new Map(computations.map(({ name }) => [name, name]))
  for (const [name, length, shared] of said) {
    const column = (length: number): Uint32Array => {
      at += 4 * length
      return new Uint32Array(buffer, at - 4 * length, length)
    }
    const inputs = { low: column(length), high: column(length) }
    const sums = [{ low: column(length + 1), high: column(length + 1) }]
    const mark = new Uint16Array(buffer, markAt, length)
    const columns = { inputs, sums, mark }
    markAt += 2 * length
    timelines.set(names.get(name) ?? name, {
      from: 0,
      length,
      ...columns,
      marks: [shared],
      earlier: new Map(),
    })
  }
  return { position: "1", timelines, failures: new Map(), publications: new Map() }
}

import { readFileSync, writeFileSync } from "node:fs"

import type {
  Graph,
  LedgerSnapshot,
  MaterializationHistory,
  MaterializationVersion,
} from "@freshet/core/engine"

/** Writes a state as a file of columns and a file of versions, the only input of a measured process. */
export function writeState(path: string, { histories }: LedgerSnapshot): void {
  const all = [...histories.values()]
  const lanes = all.flatMap(({ inputs, sums }) => [inputs, ...sums])
  const columns = [
    ...lanes.flatMap(({ low, high }) => [low, high]),
    ...all.map(({ versionIndex }) => versionIndex),
  ]
  const bytes = columns.map(({ buffer, byteOffset, byteLength }) =>
    Buffer.from(buffer, byteOffset, byteLength),
  )
  const entries = [...histories].map(
    ([
      name,
      {
        length,
        versions: [mark],
      },
    ]) => [name, length, mark],
  )
  writeFileSync(path, Buffer.concat(bytes))
  writeFileSync(`${path}.json`, JSON.stringify(entries))
}

/** Reads a written state with the names of the graph, like the ledger returns it. */
export function readState(path: string, { computations }: Graph): LedgerSnapshot {
  const { buffer, byteOffset } = readFileSync(path)
  const entries = JSON.parse(readFileSync(`${path}.json`, "utf8")) as readonly [
    string,
    number,
    MaterializationVersion,
  ][] // as it was written
  const histories = new Map<string, MaterializationHistory>()
  let at = byteOffset
  let versionIndexAt = at + 8 * entries.reduce((sum, [, length]) => sum + 2 * length + 1, 0)
  const names = new Map(computations.map(({ name }) => [name, name]))
  for (const [name, length, shared] of entries) {
    const column = (length: number): Uint32Array => {
      at += 4 * length
      return new Uint32Array(buffer, at - 4 * length, length)
    }
    const inputs = { low: column(length), high: column(length) }
    const sums = [{ low: column(length + 1), high: column(length + 1) }]
    const versionIndex = new Uint16Array(buffer, versionIndexAt, length)
    const columns = { inputs, sums, versionIndex }
    versionIndexAt += 2 * length
    histories.set(names.get(name) ?? name, {
      from: 0,
      length,
      ...columns,
      versions: [shared],
      earlier: new Map(),
    })
  }
  return {
    version: "1",
    histories,
    failures: new Map(),
    publications: new Map(),
    firstRuns: new Map(),
  }
}

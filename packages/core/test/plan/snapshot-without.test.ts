import fc from "fast-check"
import { expect, test } from "vitest"

import { type Timeline, evaluate, fingerprintText, snapshotWithout, sql } from "../../src/index.ts"
import { afterDay, dailyAsset, day, graphOf, source } from "../declared.ts"
import { snapshotOf } from "../memory-ledger.ts"
import { evaluateIn, identity, land, memoryWorld, run } from "../memory-world.ts"

const days = 4
const raw = source("raw")
const asset = dailyAsset("asset", sql`from ${raw}`)
const graph = graphOf(raw, asset, dailyAsset("reader", sql`from ${asset}`))

/** Each run finds other files of some days. */
const anyRuns = fc.array(fc.array(fc.nat(3), { minLength: days, maxLength: days }), {
  minLength: 1,
  maxLength: 4,
})

/** The materializations of a timeline by partition, the newest first. */
function materializations(timeline: Timeline | undefined) {
  if (timeline === undefined) return []
  const { from, length, mark, marks, inputs, earlier } = timeline
  const lists = Array.from({ length }, (_, at) => {
    const newest = marks[(mark[at] ?? 0) - 1]
    const input = { low: inputs.low[at] ?? 0, high: inputs.high[at] ?? 0 }
    const others = (earlier.get(from + at) ?? []).map((each) => ({ ...each, outputs: [] }))
    const all = newest === undefined ? others : [{ mark: newest, input, outputs: [] }, ...others]
    return { partition: from + at, all }
  })
  return lists.filter(({ all }) => all.length > 0)
}

test("without some materializations a snapshot is that of a ledger that never recorded them", async () => {
  await fc.assert(
    fc.asyncProperty(anyRuns, fc.array(fc.boolean(), { minLength: 16 }), async (runs, removed) => {
      const world = memoryWorld(afterDay(days))
      for (const versions of runs) {
        for (const [at, version] of versions.entries())
          land(world, "raw", day(at + 1), `${version}`)
        await run(world, graph)
      }
      const before = evaluateIn(world, graph)
      const own = world.records.filter((kept) => kept.asset === "asset")
      const gone = own.filter((_, at) => removed[at % removed.length])
      const texts = new Set(gone.map(({ record }) => `${record.partition} ${record.fingerprint}`))
      const snapshot = snapshotWithout(before.snapshot, [
        {
          computation: "asset",
          ranges: [{ from: -Infinity, to: Infinity }],
          includes: (partition, input) => texts.has(`${partition} ${fingerprintText(input)}`),
        },
      ])
      const left = { ...world, records: world.records.filter((kept) => !gone.includes(kept)) }
      const expected = snapshotOf(left, graph)
      expect(materializations(snapshot.timelines.get("asset"))).toEqual(
        materializations(expected.timelines.get("asset")),
      )
      const after = evaluate(before, snapshot, new Map(), identity)
      expect(after.facts).toEqual(evaluate(before, expected, new Map(), identity).facts)
    }),
    { numRuns: 100 },
  )
})

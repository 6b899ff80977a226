import fc from "fast-check"
import { expect, test } from "vitest"

import {
  evaluate,
  formatFingerprint,
  removeMaterializations,
  type MaterializationHistory,
} from "../../src/engine.ts"
import { sql } from "../../src/index.ts"
import { afterDay, dailyAsset, day, buildValidGraph, source } from "../declarations.ts"
import { toSnapshot } from "../memory-ledger.ts"
import { evaluateProject, identity, land, createMemoryProject, run } from "../memory-project.ts"

const days = 4
const raw = source("raw")
const asset = dailyAsset("asset", sql`from ${raw}`)
const graph = buildValidGraph(raw, asset, dailyAsset("reader", sql`from ${asset}`))

/** Runs that each find changed files of some days. */
const anyRuns = fc.array(fc.array(fc.nat(3), { minLength: days, maxLength: days }), {
  minLength: 1,
  maxLength: 4,
})

/** The materializations of a history by partition, the newest first. */
function listMaterializations(history: MaterializationHistory | undefined) {
  if (history === undefined) return []
  const { from, length, versionIndex, versions, inputs, earlier } = history
  const lists = Array.from({ length }, (_, at) => {
    const newest = versions[(versionIndex[at] ?? 0) - 1]
    const input = { low: inputs.low[at] ?? 0, high: inputs.high[at] ?? 0 }
    const others = (earlier.get(from + at) ?? []).map((materialization) => ({
      ...materialization,
      outputs: [],
    }))
    const all = newest === undefined ? others : [{ version: newest, input, outputs: [] }, ...others]
    return { partition: from + at, all }
  })
  return lists.filter(({ all }) => all.length > 0)
}

test("a snapshot without some materializations equals the snapshot of a ledger that never recorded them", async () => {
  await fc.assert(
    fc.asyncProperty(anyRuns, fc.array(fc.boolean(), { minLength: 16 }), async (runs, removed) => {
      const project = createMemoryProject(afterDay(days))
      for (const versions of runs) {
        for (const [at, version] of versions.entries())
          land(project, "raw", day(at + 1), `${version}`)
        await run(project, graph)
      }
      const evaluation = evaluateProject(project, graph)
      const records = project.records.filter((candidate) => candidate.asset === "asset")
      const removedRecords = records.filter((_, at) => removed[at % removed.length])
      const texts = new Set(
        removedRecords.map(({ record }) => `${record.partition} ${record.fingerprint}`),
      )
      const snapshot = removeMaterializations(evaluation.snapshot, [
        {
          computation: "asset",
          ranges: [{ from: -Infinity, to: Infinity }],
          includes: (partition, input) => texts.has(`${partition} ${formatFingerprint(input)}`),
        },
      ])
      const remaining = {
        ...project,
        records: project.records.filter((kept) => !removedRecords.includes(kept)),
      }
      const expected = toSnapshot(remaining, graph)
      expect(listMaterializations(snapshot.histories.get("asset"))).toEqual(
        listMaterializations(expected.histories.get("asset")),
      )
      const after = evaluate(evaluation, snapshot, new Map(), identity)
      expect(after.flags).toEqual(evaluate(evaluation, expected, new Map(), identity).flags)
    }),
    { numRuns: 100 },
  )
})

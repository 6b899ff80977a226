import { expect, test } from "vitest"

import { expectDone, runFreshet } from "./freshet-process.ts"
import { runWatchedFreshet, type LoadedModules } from "./loaded-modules.ts"
import { landSmallInput } from "./small-input.ts"
import { withTestProject } from "./test-project.ts"

test("status does not load the engine, with stale partitions or without", async () => {
  await withTestProject(async (place) => {
    await landSmallInput(place)
    await runFreshet(place, "status") // the first one has the engine parse the queries
    const before = await runWatchedFreshet(place, "status")
    expectDone(before.result)
    expect(engineParts(before)).toEqual([])
    await runFreshet(place, "materialize")
    const after = await runWatchedFreshet(place, "status")
    expectDone(after.result)
    expect(engineParts(after)).toEqual([])
  })
})

test("a run without work does not load the engine, and a run with work does", async () => {
  await withTestProject(async (place) => {
    await landSmallInput(place)
    const first = await runWatchedFreshet(place, "materialize")
    expectDone(first.result)
    expect(engineParts(first)).not.toEqual([])
    expect(fetchParts(first)).toEqual([])
    const second = await runWatchedFreshet(place, "materialize")
    expectDone(second.result)
    expect(engineParts(second)).toEqual([])
  })
})

test("help loads neither the engine, the database client nor the validator", async () => {
  await withTestProject(async (place) => {
    for (const words of [["--help"], ["materialize", "--help"]]) {
      const loaded = await runWatchedFreshet(place, ...words)
      expectDone(loaded.result)
      expect(loaded.sources.length).toBeGreaterThan(0)
      expect(engineParts(loaded)).toEqual([])
      expect(packagesIn(loaded, ["pg", "zod", "drizzle-orm"])).toEqual([])
    }
  })
})

function engineParts({ native, sources }: LoadedModules): readonly string[] {
  return [...native, ...sources].filter((path) =>
    /\/@duckdb\/|\/apache-arrow\/|duckdb[^/]*\.node/.test(path),
  )
}

function fetchParts({ builtins }: LoadedModules): readonly string[] {
  return builtins.filter((name) => name.includes("undici"))
}

function packagesIn({ sources }: LoadedModules, names: readonly string[]): readonly string[] {
  return names.filter((name) => sources.some((path) => path.includes(`/node_modules/${name}/`)))
}

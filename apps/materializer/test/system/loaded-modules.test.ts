import { expect, test } from "vitest"

import { expectDone } from "./expect-done.ts"
import { freshet } from "./freshet-process.ts"
import { freshetWatched, type Loaded } from "./loaded-modules.ts"
import { landSmallInput } from "./small-input.ts"
import { withWorkplace } from "./workplace.ts"

test("status loads no engine, with work to do and without", async () => {
  await withWorkplace(async (place) => {
    await landSmallInput(place)
    await freshet(place, "status") // the first one has the engine parse the queries
    const before = await freshetWatched(place, "status")
    expectDone(before.ended)
    expect(engineParts(before)).toEqual([])
    await freshet(place, "materialize")
    const after = await freshetWatched(place, "status")
    expectDone(after.ended)
    expect(engineParts(after)).toEqual([])
  })
}, 30_000)

test("a run that has nothing to do loads no engine, and one that has does", async () => {
  await withWorkplace(async (place) => {
    await landSmallInput(place)
    const first = await freshetWatched(place, "materialize")
    expectDone(first.ended)
    expect(engineParts(first)).not.toEqual([])
    expect(fetchParts(first)).toEqual([])
    const second = await freshetWatched(place, "materialize")
    expectDone(second.ended)
    expect(engineParts(second)).toEqual([])
  })
}, 30_000)

test("help loads neither the engine nor the database client nor the validator", async () => {
  await withWorkplace(async (place) => {
    for (const words of [["--help"], ["materialize", "--help"]]) {
      const loaded = await freshetWatched(place, ...words)
      expectDone(loaded.ended)
      expect(loaded.sources.length).toBeGreaterThan(0)
      expect(engineParts(loaded)).toEqual([])
      expect(packagesIn(loaded, ["pg", "zod", "drizzle-orm"])).toEqual([])
    }
  })
}, 30_000)

function engineParts({ native, sources }: Loaded): readonly string[] {
  return [...native, ...sources].filter((path) => /\/@duckdb\/|duckdb[^/]*\.node/.test(path))
}

function fetchParts({ builtins }: Loaded): readonly string[] {
  return builtins.filter((name) => name.includes("undici"))
}

function packagesIn({ sources }: Loaded, names: readonly string[]): readonly string[] {
  return names.filter((name) => sources.some((path) => path.includes(`/node_modules/${name}/`)))
}

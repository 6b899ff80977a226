import { cpSync, mkdirSync, rmSync } from "node:fs"
import { join } from "node:path"
import { setTimeout as delay } from "node:timers/promises"

import { createRandom } from "@freshet/core/engine"
import { expect, test } from "vitest"

import { expectDone, runFreshet, startFreshet } from "./freshet-process.ts"
import { type LedgerContents, readContents } from "./ledger-contents.ts"
import { expectNoProcesses } from "./processes.ts"
import { landSmallChange, landSmallInput } from "./small-input.ts"
import { listTemporaryFiles, readContent, listStoredFiles, withFileReader } from "./stored-files.ts"
import { withEmbeddedTestProject, type TestProject, createTestProject } from "./test-project.ts"

const killsAStage = 3

type FileReader = Parameters<Parameters<typeof withFileReader>[1]>[0]

/** Expected contents at a stage of the input, however often runs were interrupted before. */
interface Stage {
  readonly land: (place: TestProject) => Promise<void>
  readonly contents: LedgerContents
  /** File → what is in it. */
  readonly files: ReadonlyMap<string, string>
  readonly ms: number
}

/** Declares the test that kills runs at moments spread over their duration; `FRESHET_TEST_KILLS` replaces the number. */
export function testKilledRuns(defaultKills: number): void {
  const kills = Number(process.env["FRESHET_TEST_KILLS"] ?? defaultKills)
  const seed = Number(process.env["FRESHET_TEST_SEED"] ?? Date.now() % 1_000_000)
  test(
    `a run killed at any moment leaves nothing half-written, and the next run continues (${kills} kills, seed ${seed})`,
    async () => {
      const tally = await killRuns(kills, seed)
      console.log(`kills by progress: ${JSON.stringify([...tally])}`)
      expect(sum(tally)).toBe(kills)
    },
    600_000 + kills * 60_000,
  )
}

/** Compares the contents after each kill with those of undisturbed runs. Returns the number of kills by progress. */
async function killRuns(kills: number, seed: number): Promise<ReadonlyMap<string, number>> {
  return withEmbeddedTestProject((reference) =>
    withFileReader(reference.folder, async (reader) => {
      await runFreshet(reference, "status")
      await expectNoProcesses(reference.home)
      const template = join(reference.folder, "postgres")
      cpSync(join(reference.home, "postgres/data"), template, { recursive: true })
      const stages: Stage[] = []
      for (const land of inputs) stages.push(await runUndisturbed(reference, reader, land))
      const tally = new Map<string, number>()
      const disturbance = { reader, kills, tally, moment: spreadMoments(seed) }
      for (let number = 0; sum(tally) < kills; number += 1) {
        const place = createTestProject(join(reference.folder, `place-${number}`), {})
        if (number > 0) cpSync(template, join(place.home, "postgres/data"), { recursive: true })
        await disturb(place, stages, disturbance)
        await expectNoProcesses(place.folder)
        rmSync(place.folder, { recursive: true })
      }
      return tally
    }),
  )
}

/** Inputs in sequence: each changes published rows of the one before. */
const inputs: readonly Stage["land"][] = [
  (place) => landSmallInput(place, 3),
  landSmallChange,
  (place) => landSmallInput(place, 4),
  (place) => landSmallInput(place, 5),
]

/** Spreads numbers evenly over 0 to 1: each is the golden ratio further than the last. */
function spreadMoments(seed: number): () => number {
  let last = createRandom(seed, "moments").below(1_000_000) / 1_000_000
  return () => (last = (last + 0.618_033_988_749_895) % 1)
}

function sum(tally: ReadonlyMap<string, number>): number {
  return [...tally.values()].reduce((total, count) => total + count, 0)
}

async function runUndisturbed(
  place: TestProject,
  reader: FileReader,
  land: Stage["land"],
): Promise<Stage> {
  await land(place)
  const ended = await runFreshet(place, "materialize")
  expectDone(ended)
  const files = await readFiles(place, reader)
  return { land, contents: await readContents(place), files, ms: ended.ms }
}

interface Disturbance {
  readonly reader: FileReader
  /** The number of kills in all. */
  readonly kills: number
  readonly tally: Map<string, number>
  /** From 0 to 1. */
  readonly moment: () => number
}

/** Kills runs at every stage, checks the contents after each, and lets the last one finish. */
async function disturb(
  place: TestProject,
  stages: readonly Stage[],
  disturbance: Disturbance,
): Promise<void> {
  const { kills } = disturbance
  mkdirSync(place.folder, { recursive: true })
  for (const [at, stage] of stages.entries()) {
    await stage.land(place)
    for (let number = 1; number <= killsAStage && sum(disturbance.tally) < kills; number += 1) {
      const isLast = number === killsAStage
      const kill = await killDuring(place, isLast ? "publication" : "run", {
        afterMs: disturbance.moment() * (isLast ? publicationMs : stage.ms),
      })
      if (kill.ended) break
      const contents = await expectWhole(place, stages.slice(0, at + 1), disturbance.reader)
      const progress = `stage ${at + 1}, ${describeProgress(contents, stage)}`
      disturbance.tally.set(progress, (disturbance.tally.get(progress) ?? 0) + 1)
    }
    expectDone(await runFreshet(place, "materialize"))
    await expectFinished(place, stage, disturbance.reader)
    if (sum(disturbance.tally) >= kills) return
  }
}

/** About as long as a publication takes. */
const publicationMs = 150

async function killDuring(
  place: TestProject,
  phase: "run" | "publication",
  { afterMs }: { readonly afterMs: number },
): Promise<{ ended: boolean }> {
  const running = startFreshet(place, "materialize")
  if (phase === "publication")
    await Promise.race([running.waitForOutput(haveAllStepsEnded), running.result])
  await Promise.race([delay(afterMs), running.result])
  running.kill("SIGKILL")
  const ended = await running.result
  if (ended.signal === null) expectDone(ended)
  return { ended: ended.signal === null }
}

/** Tests by the output of a run if all of its steps have ended. */
function haveAllStepsEnded(output: string): boolean {
  const steps = /started: (\d+) steps?$/m.exec(output)?.[1]
  const endedSteps = output.match(
    /^\S+ {2}\S+ \d{4}-\d\d-\d\d: (materialized|unchanged|reused|checked)/gm,
  )
  return steps !== undefined && (endedSteps?.length ?? 0) === Number(steps)
}

function describeProgress({ versions, publications }: LedgerContents, stage: Stage): string {
  const expected = [...stage.contents.versions]
  const recordedCount = expected.filter(([key, version]) => versions.get(key) === version).length
  if (publications.at(-1)?.version === stage.contents.publications.at(-1)?.version)
    return "published"
  if (recordedCount === expected.length) return "all steps recorded"
  return recordedCount === 0 ? "nothing recorded" : "some steps recorded"
}

/** Every file under its final name is whole, every record has its file, and the tables show one publication or none. */
async function expectWhole(
  place: TestProject,
  stages: readonly Stage[],
  reader: FileReader,
): Promise<LedgerContents> {
  const contents = await readContents(place)
  const files = await readFiles(place, reader)
  for (const { file, asset, day, dataVersion } of contents.materializations) {
    expect([...files.keys()]).toContain(file)
    const undisturbed = stages.flatMap((stage) => stage.contents.materializations)
    expect(undisturbed).toContainEqual(expect.objectContaining({ asset, day, dataVersion }))
  }
  const newest = contents.publications.at(-1)
  const publishedStage = stages.find(
    (stage) => stage.contents.publications.at(-1)?.version === newest?.version,
  )
  if (newest !== undefined) expect(contents.published).toEqual(publishedStage?.contents.published)
  else for (const rows of contents.published.values()) expect(rows).toEqual([])
  return contents
}

async function expectFinished(place: TestProject, stage: Stage, reader: FileReader): Promise<void> {
  const contents = await readContents(place)
  const files = await readFiles(place, reader)
  expect(contents.versions).toEqual(stage.contents.versions)
  expect(contents.published).toEqual(stage.contents.published)
  expect(contents.publications.at(-1)).toEqual(stage.contents.publications.at(-1))
  for (const { file } of contents.materializations)
    expect(files.get(file)).toBe(stage.files.get(file))
  expect(listTemporaryFiles(place)).toEqual([])
}

/** Maps each file to its number of rows and the sum of its values. */
async function readFiles(
  place: TestProject,
  reader: FileReader,
): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>()
  for (const file of listStoredFiles(place))
    files.set(file, await readContent(reader, join(place.lake, file)))
  return files
}

import { readFileSync } from "node:fs"
import { join } from "node:path"

import { createRandom } from "@freshet/core/engine"
import { writeStocktwitsInSizes } from "@freshet/demo"
import { expect, test } from "vitest"

import { expectDone, runFreshet } from "./freshet-process.ts"
import { readContents } from "./ledger-contents.ts"
import { land, withEnvironment, withTestProject, type TestProject } from "./test-project.ts"

const days = ["2026-01-08", "2026-01-09", "2026-01-10"] as const

const surroundings: readonly Readonly<Record<string, string>>[] = [
  { FRESHET_THREADS: "1", FRESHET_CONCURRENCY: "1" },
  { FRESHET_THREADS: "4", FRESHET_CONCURRENCY: "4" },
  { FRESHET_THREADS: "2", TZ: "Asia/Kathmandu", LANG: "tr_TR.UTF-8", LC_ALL: "tr_TR.UTF-8" },
  { FRESHET_THREADS: "2", TZ: "America/St_Johns", LANG: "C", FRESHET_MEMORY_MB: "256" },
]

test("data versions do not depend on threads, concurrency, memory, time zone, language or the order of lines", async () => {
  const expected = await versionsIn({}, async () => {})
  expect(expected.size).toBeGreaterThan(40)
  for (const environment of surroundings)
    expect({ environment, versions: await versionsIn(environment, async () => {}) }).toEqual({
      environment,
      versions: expected,
    })
  expect(await versionsIn({ FRESHET_THREADS: "2" }, shuffleLines)).toEqual(expected)
})

async function versionsIn(
  environment: Readonly<Record<string, string>>,
  change: (place: TestProject) => Promise<void>,
): Promise<ReadonlyMap<string, string>> {
  return withTestProject(async (place) => {
    await landActivity(place)
    await change(place)
    expectDone(await runFreshet(withEnvironment(place, environment), "materialize"))
    return (await readContents(place)).versions
  })
}

async function landActivity({ landing }: TestProject): Promise<void> {
  const sizes = { users: 2_000, rooms: 300, eventsPerWeek: 80_000, malformedEvery: 2_000 }
  const options = { days: days.length, scale: "S", seed: 11, until: days[2], landing } as const
  await writeStocktwitsInSizes(sizes, { ...options, malformed: true, gaps: false })
}

/** Lines in another order; the first of several messages with one id stays the first. */
async function shuffleLines(place: TestProject): Promise<void> {
  const random = createRandom(5, "shuffle")
  for (const day of days) {
    const path = join(place.landing, "stocktwits", "activity", `${day}.json`)
    const lines = readFileSync(path, "latin1").split("\n").slice(0, -1)
    const places = lines.map((line) => ({ line, lot: random.next() }))
    const shuffled = places.toSorted((a, b) => a.lot - b.lot).map(({ line }) => line)
    land(
      place,
      `activity/${day}.json`,
      Buffer.from(`${firstOnes(lines, shuffled).join("\n")}\n`, "latin1"),
    )
  }
}

/** Of lines with the same message id, the one that came first before comes first again. */
function firstOnes(lines: readonly string[], shuffled: readonly string[]): readonly string[] {
  const ids = new Map<string, string[]>()
  for (const line of lines) {
    const id = messageId(line)
    if (id !== undefined) ids.set(id, [...(ids.get(id) ?? []), line])
  }
  return shuffled.map((line) => ids.get(messageId(line) ?? "")?.shift() ?? line)
}

function messageId(line: string): string | undefined {
  return line.includes(`"message"`) ? /"message_id": ?(\d+)/.exec(line)?.[1] : undefined
}

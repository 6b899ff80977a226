import { isDeepStrictEqual } from "node:util"

import { computeStocktwits, type OracleInput, readLandingFolder } from "@freshet/assets/testing"
import { type Random, createRandom } from "@freshet/core/engine"
import { provenanceSchema } from "@freshet/services/documents"

import { parseDocument } from "../fixtures/parse-document.ts"
import { expectDone, runFreshet } from "./freshet-process.ts"
import { landSmallInput, smallDays } from "./small-input.ts"
import { type TestProject, withTestProject } from "./test-project.ts"

const settings = {
  days: 7,
  closest: 10,
  recommendations: 10,
  selfEngagements: "drop",
  alreadyConnected: "to_date",
} as const

const tables = ["user_recs", "room_recs"] as const
const day = smallDays.at(-1) ?? ""

/** A place among the landed lines. */
interface Place {
  readonly day: string
  readonly at: number
}

/** The size of the check: random published rows, and for each the other lines that are left out one by one. */
export interface TracedCases {
  readonly rows: number
  readonly otherLines: number
  readonly seed: number
}

/**
 * Traces random published recommendations and compares them with an independent implementation of the assets: without all
 * lines of a row it must give another row or none, without any other line the same row. Returns the contradictions.
 */
export async function findContradictions(cases: TracedCases): Promise<readonly string[]> {
  const random = createRandom(cases.seed, "provenance")
  return await withTestProject(async (project) => {
    await landSmallInput(project, cases.seed, { compressed: false })
    expectDone(await runFreshet(project, "materialize", "group:stocktwits", "--yes"))
    const input = readLandingFolder(project.landing)
    const recs = computeStocktwits(input, settings, day)
    const contradictions: string[] = []
    for (let count = 0; count < cases.rows; count += 1) {
      const table = tables[count % tables.length] ?? "user_recs"
      const check = { project, input, random, table, rec: pick(random, recs[table]) }
      contradictions.push(...(await checkRow(check, cases.otherLines)))
    }
    return contradictions
  })
}

type Rec = ReturnType<typeof computeStocktwits>["user_recs"][number]

interface Check {
  readonly project: TestProject
  readonly input: OracleInput
  readonly random: Random
  readonly table: (typeof tables)[number]
  readonly rec: Rec
}

async function checkRow(check: Check, otherLines: number): Promise<readonly string[]> {
  const { project, input, random, table, rec } = check
  const words = ["provenance", table, String(rec.user_id), String(rec.rec_id)]
  const result = await runFreshet(project, ...words, "--limit", "100000", "--json")
  expectDone(result)
  const { lines, row, stops } = parseDocument(provenanceSchema, result.stdout)
  const toPlace = (line: (typeof lines)[number]): Place => ({
    day: line.partition,
    at: line.line - 1,
  })
  const places = lines.map(toPlace)
  const decisive = lines.filter((line) => line.decisive).map(toPlace)
  const others = pickOthers(input, places, { random, count: otherLines, rec })
  const isSame = (removed: readonly Place[]) =>
    isDeepStrictEqual(findRec(leaveOut(input, removed), table, rec), rec)
  const listed = (list: readonly Place[]) =>
    list.map(({ day: at, at: line }) => `${at}:${line + 1}`)
  return [
    ...(stops.length > 0 || !isDeepStrictEqual(row, rec) ? ["is not traced to the end"] : []),
    ...(isSame(places) ? ["is the same without its lines"] : []),
    ...listed(decisive.filter((place) => isSame([place]))).map((place) => `does not need ${place}`),
    ...listed(others.filter((place) => !isSame([place]))).map((place) => `needs ${place}`),
  ].map((text) => `${words.slice(1).join(" ")} ${text}`)
}

function findRec(input: OracleInput, table: (typeof tables)[number], { user_id, rec_id }: Rec) {
  return computeStocktwits(input, settings, day)[table].find(
    (rec) => rec.user_id === user_id && rec.rec_id === rec_id,
  )
}

function leaveOut(input: OracleInput, places: readonly Place[]): OracleInput {
  const activity = [...input.activity].map(([activityDay, lines]) => {
    const gone = new Set(places.filter((place) => place.day === activityDay).map(({ at }) => at))
    return [activityDay, lines.filter((_, at) => !gone.has(at))] as const
  })
  return { ...input, activity: new Map(activity) }
}

/** Picks other lines: half of them among the lines of the user, the others among all. */
function pickOthers(
  { activity }: OracleInput,
  places: readonly Place[],
  { random, count, rec }: { readonly random: Random; readonly count: number; readonly rec: Rec },
): readonly Place[] {
  const reported = new Set(places.map((place) => `${place.day} ${place.at}`))
  const all = [...activity].flatMap(([activityDay, lines]) =>
    lines.map((text, at) => ({ day: activityDay, at, text })),
  )
  const rest = all.filter((place) => !reported.has(`${place.day} ${place.at}`))
  const near = rest.filter(({ text }) => text.includes(`"user_id": ${rec.user_id},`))
  return Array.from({ length: count }, (_, at) =>
    pick(random, at % 2 === 0 && near.length > 0 ? near : rest),
  )
}

function pick<T>(random: Random, items: readonly T[]): T {
  const item = items[random.below(items.length)]
  if (item === undefined) throw new Error("nothing to pick from")
  return item
}

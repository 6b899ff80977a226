import { describe, expect, test } from "vitest"

import type { MalformedKind } from "../../src/stocktwits/malformed-line.ts"
import { findEvent, generateLanding, groupLinesByDay, smallSizes } from "./generate-landing.ts"

const data = await generateLanding({ malformed: true })
const lines = [...groupLinesByDay(data).values()].flat()

function faultOf(line: string): Exclude<MalformedKind, "duplicate_message"> {
  if (!line.endsWith("}")) return "truncated"
  if (line.includes("9007199254740993")) return "id_too_large"
  if (line.includes('"repost"')) return "unknown_action"
  return line.includes('"n/a"') ? "wrong_type" : "missing_field"
}

describe("malformed lines", () => {
  test("are as many of each kind as the summary says", () => {
    const counts = {
      truncated: 0,
      wrong_type: 0,
      unknown_action: 0,
      missing_field: 0,
      id_too_large: 0,
    }
    for (const line of lines) if (findEvent(line) === undefined) counts[faultOf(line)] += 1
    const messages = lines.filter((line) => line.startsWith('{"action": "message"'))
    const duplicates = messages.length - new Set(messages).size
    expect({ ...counts, duplicate_message: duplicates }).toEqual(data.summary.malformed)
  })

  test("are of every kind, and about one in the number asked for", () => {
    const counts = Object.values(data.summary.malformed)
    expect(Math.min(...counts)).toBeGreaterThan(10)
    const total = counts.reduce((sum, count) => sum + count, 0)
    expect(smallSizes.eventsPerWeek / total).toBeCloseTo(smallSizes.malformedEvery, -2)
  })

  test("are not there when they are not asked for", async () => {
    const clean = await generateLanding({ days: 1 })
    const faults = [...groupLinesByDay(clean).values()]
      .flat()
      .filter((line) => findEvent(line) === undefined)
    expect(faults).toEqual([])
    expect(new Set(Object.values(clean.summary.malformed))).toEqual(new Set([0]))
  })
})

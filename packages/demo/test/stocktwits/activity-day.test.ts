import { describe, expect, test } from "vitest"

import { createPopulation } from "../../src/stocktwits/population.ts"
import {
  findEvent,
  generateLanding,
  groupLinesByDay,
  smallOptions,
  smallSizes,
} from "./generate-landing.ts"
import type { EventLine } from "./generate-landing.ts"

const data = await generateLanding({ days: 14, until: "2026-01-11" })
const days = new Map(
  Array.from(groupLinesByDay(data), ([day, lines]) => [
    day,
    lines.flatMap((line) => findEvent(line) ?? []),
  ]),
)
const events = [...days.values()].flat()
const authors = new Map(ofAction("message").map((event) => [event.message_id, event.user_id]))
const { users, rooms } = createPopulation(smallOptions.seed, smallSizes)

function ofAction<A extends EventLine["action"]>(action: A): Extract<EventLine, { action: A }>[] {
  // The filter leaves events of this action alone.
  return events.filter((event) => event.action === action) as Extract<EventLine, { action: A }>[]
}

function share(part: number, whole: number): number {
  return part / whole
}

function topShare(ids: readonly number[], top: number): number {
  const counts = new Map<number, number>()
  for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1)
  const highest = [...counts.values()].toSorted((a, b) => b - a).slice(0, top)
  return highest.reduce((total, count) => total + count, 0) / ids.length
}

describe("every line", () => {
  test("is an event with the fields of its action", () => {
    const lines = [...groupLinesByDay(data).values()].flat()
    expect(lines.filter((line) => findEvent(line) === undefined)).toEqual([])
    expect(lines).toHaveLength(2 * smallSizes.eventsPerWeek)
  })

  test("has ids of users and rooms that are in the first snapshot", () => {
    const userIds = events.flatMap((event) => [
      event.user_id,
      ...(event.action === "follow" ? [event.following_user_id] : []),
      ...(event.action === "message" && event.mention_ids !== ""
        ? event.mention_ids.split(",").map(Number)
        : []),
    ])
    const roomIds = events.flatMap((event) => ("room_id" in event ? [event.room_id] : []))
    expect(userIds.filter((id) => !(id >= 1 && id <= smallSizes.users))).toEqual([])
    expect(roomIds.filter((id) => !(id >= 1 && id <= smallSizes.rooms))).toEqual([])
  })

  test("has a time of its file's day", () => {
    const elsewhere = Array.from(days, ([day, ofDay]) =>
      ofDay.filter(({ timestamp }) => new Date(timestamp).toISOString().slice(0, 10) !== day),
    )
    expect(elsewhere.flat()).toEqual([])
  })

  test("is about 118 bytes long on average", () => {
    const bytes = data.summary.files
      .filter(({ path }) => path.includes("activity"))
      .reduce((total, file) => total + file.bytes, 0)
    expect(bytes / events.length).toBeGreaterThan(110)
    expect(bytes / events.length).toBeLessThan(122)
  })
})

describe("the proportions", () => {
  test("of the actions are 35, 50, 10 and 5 in a hundred", () => {
    expect(share(ofAction("message").length, events.length)).toBeCloseTo(0.35, 2)
    expect(share(ofAction("like").length, events.length)).toBeCloseTo(0.5, 2)
    expect(share(ofAction("follow").length, events.length)).toBeCloseTo(0.1, 2)
    expect(share(ofAction("subscribe").length, events.length)).toBeCloseTo(0.05, 2)
  })

  test("four messages in ten mention one to six users, some of them their author", () => {
    const mentions = ofAction("message").map((event) =>
      event.mention_ids === "" ? [] : event.mention_ids.split(",").map(Number),
    )
    const counts = mentions.map((ids) => ids.length)
    expect(share(counts.filter((count) => count > 0).length, counts.length)).toBeCloseTo(0.4, 1)
    expect(Math.max(...new Set(counts))).toBe(6)
    const toSelf = ofAction("message").filter((event, index) =>
      mentions[index]?.includes(event.user_id),
    )
    expect(toSelf.length).toBeGreaterThan(50)
  })

  test("weekends are quieter", () => {
    const sunday = days.get("2026-01-11") ?? []
    const tuesday = days.get("2026-01-06") ?? []
    expect(share(sunday.length, tuesday.length)).toBeCloseTo(700 / 1200, 2)
  })

  test("a few users do much, and a few are much followed", () => {
    const onePercent = smallSizes.users / 100
    expect(
      topShare(
        events.map((event) => event.user_id),
        onePercent,
      ),
    ).toBeGreaterThan(0.15)
    expect(
      topShare(
        ofAction("follow").map((event) => event.following_user_id),
        onePercent,
      ),
    ).toBeGreaterThan(0.3)
    expect(
      topShare(
        ofAction("like").map((event) => event.message_id),
        100,
      ),
    ).toBeGreaterThan(0.015)
  })

  test("seven targets in ten or more are of the actor's community", () => {
    const follows = ofAction("follow").map(
      (event) =>
        users.communityById[event.user_id] === users.communityById[event.following_user_id],
    )
    const subscribes = ofAction("subscribe").map(
      (event) => users.communityById[event.user_id] === rooms.communityById[event.room_id],
    )
    const likes = ofAction("like").flatMap((event) => {
      const author = authors.get(event.message_id)
      return author === undefined
        ? []
        : [users.communityById[event.user_id] === users.communityById[author]]
    })
    for (const insides of [follows, subscribes, likes]) {
      const inside = share(insides.filter(Boolean).length, insides.length)
      expect(inside).toBeGreaterThan(0.68)
      expect(inside).toBeLessThan(0.85)
    }
  })
})

describe("messages", () => {
  test("have ids that rise from day to day without a hole", () => {
    const ids = ofAction("message")
      .map((event) => event.message_id)
      .toSorted((a, b) => a - b)
    expect(new Set(ids).size).toBe(ids.length)
    expect((ids.at(-1) ?? 0) - (ids[0] ?? 0)).toBe(ids.length - 1)
    const starts = [...days.keys()].toSorted().map((day) => Math.min(...idsOn(day)))
    expect(starts).toEqual(starts.toSorted((a, b) => a - b))
  })

  test("have times that follow their ids, while their lines are shuffled", () => {
    const messages = (days.get("2026-01-05") ?? []).filter((event) => event.action === "message")
    const byId = messages.toSorted((a, b) =>
      "message_id" in a && "message_id" in b ? a.message_id - b.message_id : 0,
    )
    const times = byId.map((event) => event.timestamp)
    expect(times).toEqual(times.toSorted())
    expect(messages).not.toEqual(byId)
  })

  function idsOn(day: string): number[] {
    return (days.get(day) ?? []).flatMap((event) =>
      event.action === "message" ? [event.message_id] : [],
    )
  }
})

describe("likes", () => {
  const times = new Map(ofAction("message").map((event) => [event.message_id, event.timestamp]))
  const ofSecondWeek = ofAction("like").filter((event) => event.timestamp >= "2026-01-05")

  test("are of known messages nearly always, once a week of them is there", () => {
    const known = ofSecondWeek.filter((event) => times.has(event.message_id))
    expect(share(known.length, ofSecondWeek.length)).toBeGreaterThan(0.98)
    expect(known.length).toBeLessThan(ofSecondWeek.length)
  })

  test("come after their message in time, up to seven days, and one in five on a later day", () => {
    const ages = ofSecondWeek.flatMap((event) => {
      const written = times.get(event.message_id)
      return written === undefined ? [] : [{ written, liked: event.timestamp }]
    })
    expect(ages.filter(({ written, liked }) => liked < written)).toEqual([])
    const days = ages.map(({ written, liked }) => dayOf(liked) - dayOf(written))
    expect(Math.max(...new Set(days))).toBe(7)
    expect(share(days.filter((age) => age > 0).length, days.length)).toBeCloseTo(0.22, 1)
  })

  test("may stand before their message in the file", () => {
    const order = new Map(
      events.map((event, index) => [
        "room_id" in event && "message_id" in event ? event.message_id : -index,
        index,
      ]),
    )
    const early = events.filter(
      (event, index) => event.action === "like" && (order.get(event.message_id) ?? 0) > index,
    )
    expect(early.length).toBeGreaterThan(1000)
  })

  test("are of one's own messages now and then", () => {
    const own = ofAction("like").filter((event) => authors.get(event.message_id) === event.user_id)
    expect(share(own.length, ofAction("like").length)).toBeGreaterThan(0.005)
    expect(share(own.length, ofAction("like").length)).toBeLessThan(0.1)
  })

  function dayOf(timestamp: string): number {
    return Math.floor(Date.parse(timestamp) / 86_400_000)
  }
})

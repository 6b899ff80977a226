import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"

import * as fc from "fast-check"
import { describe, expect, test } from "vitest"

import { readLandingFolder } from "./landing-folder.ts"
import { parseLine } from "./oracle/parse-line.ts"
import { type OracleSettings, computeStocktwits } from "./oracle/stocktwits-oracle.ts"
import { randomCase } from "./random-log.ts"

const caseFolder = fileURLToPath(new URL("../cases/worked-example", import.meta.url))
const example = readLandingFolder(`${caseFolder}/input`)
// The case's settings.json holds these fields and the day.
const exampleSettings = JSON.parse(
  readFileSync(`${caseFolder}/settings.json`, "utf8"),
) as OracleSettings & { readonly day: string }

const defaults: OracleSettings = {
  days: 7,
  closest: 10,
  recommendations: 10,
  selfEngagements: "drop",
  alreadyConnected: "to_date",
}

function follow(user_id: number, following_user_id: number) {
  return JSON.stringify({ action: "follow", user_id, following_user_id })
}

function subscribe(user_id: number, room_id: number) {
  return JSON.stringify({ action: "subscribe", user_id, room_id })
}

function like(user_id: number, message_id: number) {
  return JSON.stringify({ action: "like", user_id, message_id })
}

function message(message_id: number, user_id: number, room_id: number, mention_ids = "") {
  return JSON.stringify({ action: "message", message_id, user_id, room_id, mention_ids })
}

function run(
  activity: Readonly<Record<string, readonly string[]>>,
  day: string,
  settings: Partial<OracleSettings> = {},
) {
  const input = { activity: new Map(Object.entries(activity)), users: new Map(), rooms: new Map() }
  return computeStocktwits(input, { ...defaults, ...settings }, day)
}

function csv(rows: readonly object[]) {
  const header = Object.keys(rows[0] ?? {})
  return [header, ...rows.map((row) => Object.values(row))]
    .map((row) => `${row.join(",")}\n`)
    .join("")
}

describe("the worked example", () => {
  const tables = computeStocktwits(example, exampleSettings, exampleSettings.day)

  test.each(["user_recs", "user_rec_reasons", "room_recs", "room_rec_reasons"] as const)(
    "%s are the expected ones",
    (name) => {
      const expected = readFileSync(`${caseFolder}/expected/${name}.csv`, "utf8")
      expect(csv(tables[name])).toBe(expected)
    },
  )

  test("sums engagements as worked out by hand", () => {
    const triples = (rows: typeof tables.closest_users) =>
      rows
        .map((row) => [row.user_id, row.engaged_with_id, row.weight].join(" "))
        .toSorted()
        .join(", ")
    expect(triples(tables.closest_users)).toBe(
      "1 2 2, 1 3 2, 1 4 1, 2 2 1, 2 4 2, 3 2 3, 3 4 1, 4 5 1",
    )
    expect(triples(tables.closest_rooms)).toBe(
      "1 10 3, 1 11 1, 2 10 2, 2 11 1, 2 12 2, 3 11 2, 4 12 2, 5 12 1",
    )
  })

  test("has one like without its message and nothing in quarantine", () => {
    expect(tables.quarantined).toEqual([])
    expect(tables.days).toEqual([
      {
        day: "2026-01-05",
        lines: 17,
        blank: 0,
        quarantined: 0,
        follows: 2,
        subscribes: 3,
        messages: 6,
        likes: 6,
        likes_without_message: 1,
      },
    ])
  })

  test("without self-engagements, no user is a reason for a recommendation to himself", () => {
    const strict = computeStocktwits(example, defaults, "2026-01-05")
    expect(csv(strict.user_recs)).toBe("user_id,rec_id,weight\n1,2,3\n1,5,1\n2,5,1\n3,5,1\n")
    expect(csv(strict.user_rec_reasons)).toBe(
      "user_id,rec_id,reason_id\n1,2,3\n1,5,4\n2,5,4\n3,5,4\n",
    )
    expect(csv(strict.room_recs)).toBe(
      "user_id,rec_id,weight\n1,11,3\n1,12,4\n3,10,2\n3,11,1\n3,12,4\n",
    )
  })

  test("gives users and rooms an indicator for each known value", () => {
    expect(tables.users.map((row) => row["id"])).toEqual([1, 2, 3, 4, 5, 9])
    expect(tables.users[2]).toEqual({
      id: 3,
      username: "cleo",
      experience: "Experienced",
      approach: "Fundamental",
      holding_period: "Long Term Investor",
      bonds: 1,
      equities: 0,
      forex: 0,
      futures: 0,
      options: 0,
      private_companies: 1,
    })
    const set = Object.entries(tables.rooms[1] ?? {}).filter(([, value]) => value === 1)
    expect(set.map(([name]) => name)).toEqual(["non_market_talk", "swing_trading", "technicals"])
  })
})

describe("ranking", () => {
  test("the smaller id wins a tie, among closest users and among recommendations", () => {
    const lines = [follow(1, 3), follow(1, 2), follow(2, 9), follow(2, 8), follow(3, 7)]
    const tables = run({ "2026-01-05": lines }, "2026-01-05", { closest: 2, recommendations: 1 })
    expect(tables.user_recs).toEqual([{ user_id: 1, rec_id: 7, weight: 1 }])
    const narrow = run({ "2026-01-05": lines }, "2026-01-05", { closest: 1 })
    expect(narrow.user_recs).toEqual([{ user_id: 1, rec_id: 8, weight: 1 }])
    expect(narrow.user_rec_reasons).toEqual([{ user_id: 1, rec_id: 8, reason_id: 2 }])
  })

  test("equal lines and repeated mentions each count, and the first-degree weight does not", () => {
    const lines = [
      follow(1, 2),
      follow(1, 2),
      follow(2, 3),
      follow(2, 3),
      message(7, 2, 5, "3,4,3"),
    ]
    const tables = run({ "2026-01-05": lines }, "2026-01-05")
    expect(tables.user_recs).toEqual([
      { user_id: 1, rec_id: 3, weight: 4 },
      { user_id: 1, rec_id: 4, weight: 1 },
    ])
    expect(tables.room_recs).toEqual([{ user_id: 1, rec_id: 5, weight: 1 }])
  })

  test("a room may have the id of its user, a user may not", () => {
    const lines = [follow(1, 2), follow(2, 1), subscribe(2, 1)]
    const tables = run({ "2026-01-05": lines }, "2026-01-05")
    expect(tables.user_recs).toEqual([])
    expect(tables.room_recs).toEqual([{ user_id: 1, rec_id: 1, weight: 1 }])
  })

  test("liking one's own message still engages with its room when self-engagements are dropped", () => {
    const lines = [message(7, 1, 5), like(1, 7)]
    const tables = run({ "2026-01-05": lines }, "2026-01-05")
    expect(tables.closest_users).toEqual([])
    expect(tables.closest_rooms).toEqual([{ user_id: 1, engaged_with_id: 5, weight: 2 }])
  })
})

describe("windows", () => {
  test("a window ends at its day, and a day that did not land is empty", () => {
    const activity = {
      "2026-02-27": [follow(1, 2)],
      "2026-03-01": [follow(1, 3)],
      "2026-03-02": [follow(1, 4)],
    }
    const others = (days: number) =>
      run(activity, "2026-03-01", { days }).closest_users.map((row) => row.engaged_with_id)
    expect(others(7)).toEqual([2, 3])
    expect(others(3)).toEqual([2, 3])
    expect(others(2)).toEqual([3])
    expect(run(activity, "2026-02-28", { days: 1 }).closest_users).toEqual([])
  })

  test("follows and subscribes before the window exclude candidates to date, not in the window", () => {
    const activity = {
      "2026-01-01": [follow(1, 3), subscribe(1, 9)],
      "2026-01-03": [follow(1, 2), follow(2, 3), subscribe(2, 9)],
    }
    const settings = { days: 2, alreadyConnected: "window" } as const
    const window = run(activity, "2026-01-04", settings)
    expect(window.user_recs).toEqual([{ user_id: 1, rec_id: 3, weight: 1 }])
    expect(window.room_recs).toEqual([{ user_id: 1, rec_id: 9, weight: 1 }])
    const toDate = run(activity, "2026-01-04", { days: 2 })
    expect([...toDate.user_recs, ...toDate.room_recs]).toEqual([])
  })

  test("a like looks back from its own day, beyond the window it is counted in", () => {
    const activity = {
      "2026-01-01": [message(7, 2, 5)],
      "2026-01-02": [like(1, 7)],
      "2026-01-03": [like(3, 7)],
    }
    const tables = run(activity, "2026-01-03", { days: 2 })
    expect(tables.closest_users).toEqual([{ user_id: 1, engaged_with_id: 2, weight: 1 }])
    expect(tables.days.map((each) => each.likes_without_message)).toEqual([0, 0, 1])
  })

  test("a like finds a message later in its file, and none of a later day", () => {
    const sameDay = { "2026-01-01": [like(1, 7), message(7, 2, 5)] }
    expect(run(sameDay, "2026-01-01").closest_users).toHaveLength(1)
    const nextDay = { "2026-01-01": [like(1, 7)], "2026-01-02": [message(7, 2, 5)] }
    expect(run(nextDay, "2026-01-02").closest_users).toEqual([])
  })

  test("of a message_id sent on two days a like takes the earliest it sees, and both are messages", () => {
    const activity = {
      "2026-01-01": [message(7, 2, 5)],
      "2026-01-02": [message(7, 3, 6, "9"), like(1, 7)],
      "2026-01-03": [like(4, 7)],
    }
    const tables = run(activity, "2026-01-03", { days: 2 })
    expect(tables.closest_users).toEqual([
      { user_id: 1, engaged_with_id: 2, weight: 1 },
      { user_id: 3, engaged_with_id: 9, weight: 1 },
      { user_id: 4, engaged_with_id: 3, weight: 1 },
    ])
    expect(tables.quarantined).toEqual([])
  })

  test("users and rooms are each the newest snapshot not after the day", () => {
    const input = {
      activity: new Map([["2026-01-03", []]]),
      users: new Map([
        ["2026-01-04", "id,username,experience,approach,holding_period,assets_traded\n8,late,,,,"],
        ["2026-01-02", 'id,username,assets_traded\n2,"b ""x"", y","Bonds, Stamps"\n'],
        ["2026-01-01", "id,username,assets_traded\n1,old,\n"],
      ]),
      rooms: new Map([["2026-01-04", "id,slug,topics\n1,late,News\n"]]),
    }
    const tables = computeStocktwits(input, defaults, "2026-01-03")
    expect(tables.users).toHaveLength(1)
    expect(tables.users[0]).toMatchObject({
      id: 2,
      username: 'b "x", y',
      experience: null,
      bonds: 1,
    })
    expect(tables.rooms).toEqual([])
  })
})

describe("quarantine", () => {
  const ids = '"user_id":1,"following_user_id":2'

  test.each([
    ["", "blank"],
    [" \t\r", "blank"],
    ["\u00a0", "malformed_json"],
    ["[]", "malformed_json"],
    ["null", "malformed_json"],
    [`{"action":"follow",${ids}`, "malformed_json"],
    [`{"action":"follow",${ids},}`, "malformed_json"],
    [`{"action":"follow",${ids}} {}`, "malformed_json"],
    [`{"action":"follow","user_id":1,${ids}}`, "malformed_json"],
    [`{"action":"follow",${ids},"more":{"user_id":[1,{"a":1,"a":2}]}}`, "event"],
    [`{"action":"foll\\u006fw",${ids}}`, "event"],
    [`{${ids}}`, "unknown_action"],
    [`{"action":null,${ids}}`, "unknown_action"],
    [`{"action":"Follow",${ids}}`, "unknown_action"],
    ['{"action":"follow","user_id":"1"}', "missing_field"],
    ['{"action":"follow","user_id":1,"following_user_id":null}', "missing_field"],
    ['{"action":"like","user_id":"1","message_id":0}', "wrong_type"],
    ['{"action":"like","user_id":1.0,"message_id":1}', "wrong_type"],
    ['{"action":"like","user_id":1e3,"message_id":1}', "wrong_type"],
    ['{"action":"like","user_id":true,"message_id":1}', "wrong_type"],
    ['{"action":"like","user_id":0,"message_id":1}', "id_out_of_range"],
    ['{"action":"like","user_id":2147483648,"message_id":1}', "id_out_of_range"],
    ['{"action":"like","user_id":2147483647,"message_id":9007199254740991}', "event"],
    ['{"action":"like","user_id":1,"message_id":9007199254740992}', "id_out_of_range"],
    ['{"action":"like","user_id":1,"message_id":99999999999999999999999}', "id_out_of_range"],
    ['{"action":"like","user_id":1,"message_id":2,"mention_ids":7}', "event"],
    [`{"action":"follow",${ids},"timestamp":null}`, "event"],
    [`{"action":"follow",${ids},"timestamp":"2024-02-29T06:00:00.5-05:00"}`, "event"],
    [`{"action":"follow",${ids},"timestamp":"2026-02-29T06:00:00Z"}`, "wrong_type"],
    [`{"action":"follow",${ids},"timestamp":"2026-01-05T06:00:00"}`, "wrong_type"],
    [`{"action":"follow",${ids},"timestamp":1767592800}`, "wrong_type"],
  ])("%s is %s", (line, expected) => {
    const parsed = parseLine(line)
    expect(parsed.kind === "quarantined" ? parsed.fault : parsed.kind).toBe(expected)
  })

  test.each([
    ["null", []],
    ['""', []],
    ['"  "', []],
    ['"2, 3 ,2"', [2, 3, 2]],
    ['"007"', [7]],
    ["7", "wrong_type"],
    ['"2,,3"', "wrong_type"],
    ['"2,"', "wrong_type"],
    ['"-2"', "wrong_type"],
    ['"\\t2"', "wrong_type"],
    ['"0"', "id_out_of_range"],
    ['"2,2147483648"', "id_out_of_range"],
  ])("mention_ids %s are %j", (mentions, expected) => {
    const parsed = parseLine(
      `{"action":"message","message_id":1,"user_id":2,"room_id":3,"mention_ids":${mentions}}`,
    )
    const event = parsed.kind === "event" ? parsed.event : undefined
    const found = event?.action === "message" ? event.mention_ids : undefined
    expect(parsed.kind === "quarantined" ? parsed.fault : found).toEqual(expected)
  })

  test("within a day the first acceptable line with a message_id is the message", () => {
    const noRoom = '{"action":"message","message_id":7,"user_id":1}'
    const lines = [noRoom, "", message(7, 2, 5), message(7, 2, 5, "3"), like(1, 7)]
    const tables = run({ "2026-01-05": lines }, "2026-01-05")
    expect(tables.quarantined).toEqual([
      { day: "2026-01-05", line: 1, text: noRoom, fault: "missing_field" },
      { day: "2026-01-05", line: 4, text: message(7, 2, 5, "3"), fault: "duplicate_message" },
    ])
    expect(tables.closest_users).toEqual([{ user_id: 1, engaged_with_id: 2, weight: 1 }])
    expect(tables.days[0]).toMatchObject({ lines: 5, blank: 1, quarantined: 2, messages: 1 })
  })
})

describe("random logs", () => {
  test("every line is blank, quarantined or an event", () => {
    fc.assert(
      fc.property(randomCase(), ({ input, settings, day }) => {
        for (const each of computeStocktwits(input, settings, day).days) {
          const events = each.follows + each.subscribes + each.messages + each.likes
          expect(events + each.blank + each.quarantined).toBe(each.lines)
        }
      }),
    )
  })

  test("the weights of a recommendation's reasons add up to its weight", () => {
    fc.assert(
      fc.property(randomCase(), ({ input, settings, day }) => {
        const tables = computeStocktwits(input, settings, day)
        const weights = tables.user_recs.map((rec) => {
          const reasons = tables.user_rec_reasons.filter(
            (each) => each.user_id === rec.user_id && each.rec_id === rec.rec_id,
          )
          const second = tables.closest_users.filter(
            (each) =>
              each.engaged_with_id === rec.rec_id &&
              reasons.some((reason) => reason.reason_id === each.user_id),
          )
          return second.reduce((sum, each) => sum + each.weight, 0)
        })
        expect(weights).toEqual(tables.user_recs.map((rec) => rec.weight))
      }),
    )
  })

  test("hold every kind of fault and, mostly, recommendations of both kinds", () => {
    const all = fc
      .sample(randomCase(), { numRuns: 200, seed: 5 })
      .map(({ input, settings, day }) => computeStocktwits(input, settings, day))
    const faults = new Set(all.flatMap((each) => each.quarantined).map((line) => line.fault))
    expect([...faults].toSorted()).toEqual([
      "duplicate_message",
      "id_out_of_range",
      "malformed_json",
      "missing_field",
      "unknown_action",
      "wrong_type",
    ])
    const fruitful = all.filter((each) => each.user_recs.length > 0 && each.room_recs.length > 0)
    expect(fruitful.length).toBeGreaterThan(100)
  })
})

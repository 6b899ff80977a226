import { describe, expect, test } from "vitest"

import { daily, formatPartitionKey } from "../../src/declare/partition.ts"
import type { KafkaStream } from "../../src/declare/stream.ts"
import { createMessageAssigner } from "../../src/stream/message-partition.ts"

const partitions = daily({ start: "2021-03-01", end: "2021-12-31", zone: "America/New_York" })
const recordMs = Date.parse("2021-10-01T12:00:00Z")

function createFinder(time: KafkaStream["time"] = "at") {
  const stream: KafkaStream = { kind: "kafka", topic: "ticks", time }
  const assign = createMessageAssigner({ partitions, stream })
  return (text: string, ms = recordMs) => formatPartitionKey(partitions, assign(text, ms))
}

describe("the partition of a message", () => {
  test("holds the event's own time in the time zone of the source", () => {
    const find = createFinder()
    expect(find(`{"at":"2021-09-28T03:59:59.999Z"}`)).toBe("2021-09-27")
    expect(find(`{"at":"2021-09-28T04:00:00Z"}`)).toBe("2021-09-28")
  })

  test("is right on the days of 23 and 25 hours", () => {
    const find = createFinder()
    expect(find(`{"at":"2021-03-14T04:59:59Z"}`)).toBe("2021-03-13")
    expect(find(`{"at":"2021-03-14T05:00:00Z"}`)).toBe("2021-03-14")
    expect(find(`{"at":"2021-03-15T03:59:59Z"}`)).toBe("2021-03-14")
    expect(find(`{"at":"2021-03-15T04:00:00Z"}`)).toBe("2021-03-15")
    expect(find(`{"at":"2021-11-07T04:00:00Z"}`)).toBe("2021-11-07")
    expect(find(`{"at":"2021-11-08T04:59:59Z"}`)).toBe("2021-11-07")
    expect(find(`{"at":"2021-11-08T05:00:00Z"}`)).toBe("2021-11-08")
  })

  test("is found by a path through objects and lists", () => {
    const find = createFinder(["times", 1, "at"])
    expect(find(`{"times":[{},{"at":"2021-09-28T04:00:00Z"}]}`)).toBe("2021-09-28")
    expect(find(`{"times":{}}`)).toBe("2021-10-01")
  })

  test.each([["no json"], [""], ["null"], ["[]"], [`{"at":5}`], [`{"at":"2021-09-28"}`]])(
    "is that of the record for a message without a time: %s",
    (text) => {
      expect(createFinder()(text)).toBe("2021-10-01")
    },
  )

  test("is one of the source: that of the record, or else the nearest", () => {
    const find = createFinder()
    expect(find(`{"at":"1999-01-01T00:00:00Z"}`)).toBe("2021-10-01")
    expect(find(`{"at":"2099-01-01T00:00:00Z"}`, Date.parse("2099-01-01T00:00:00Z"))).toBe(
      "2021-12-31",
    )
    expect(find("no json", Date.parse("2021-01-01T00:00:00Z"))).toBe("2021-03-01")
  })
})

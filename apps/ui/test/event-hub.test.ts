import { expect, test } from "vitest"

import { createEventHub } from "../server/index.ts"

test("listeners receive events in order, and none after they have ended", () => {
  const hub = createEventHub<string>("e")
  const received: string[] = []
  const end = hub.subscribe(({ id, event }) => received.push(`${id} ${event}`))
  hub.publish("a")
  hub.publish("b")
  end()
  hub.publish("c")
  expect(received).toEqual(["e-1 a", "e-2 b"])
  expect(hub.getLastId()).toBe("e-3")
})

test("events after an id are listed without gap or repetition", () => {
  const hub = createEventHub<number>("e")
  for (let at = 1; at <= 3000; at += 1) hub.publish(at)
  expect(hub.listSince("e-2998")?.map(({ event }) => event)).toEqual([2999, 3000])
  expect(hub.listSince("e-3000")).toEqual([])
  expect(hub.listSince("e-1000")).toHaveLength(2000)
})

test("an id that is too old, of the future, of another server, or no id makes the page read everything", () => {
  const hub = createEventHub<number>("e")
  for (let at = 1; at <= 3000; at += 1) hub.publish(at)
  for (const id of ["e-999", "e-3001", "f-2999", "e-", "e-x", ""])
    expect(hub.listSince(id)).toBeUndefined()
})

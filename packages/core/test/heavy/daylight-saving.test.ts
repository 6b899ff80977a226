import { expect, test } from "vitest"

import { listCronTicks } from "../../src/engine.ts"
import { schedule } from "../../src/index.ts"
import { listDailyInstants, zones } from "../automation/local-time.ts"

const years = { from: 2010, to: 2040 }
const times = [0, 30, 90, 150, 180, 360, 1439] // minutes after midnight

test.each(zones)("%s: each day from 2010 to 2040 has one tick of a daily schedule", (zone) => {
  for (const minutes of times) {
    const expected = listDailyInstants(zone, minutes, years)
    const cron = schedule(`${minutes % 60} ${Math.floor(minutes / 60)} * * *`, { zone })
    const [first = 0, last = 0] = [expected[0], expected.at(-1)]
    const ticks = listCronTicks(cron, { afterMs: first - 1, untilMs: last, limit: Infinity })
    expect(ticks).toEqual(expected)
  }
})

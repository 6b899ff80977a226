import { existsSync, readdirSync } from "node:fs"
import { join } from "node:path"
import { setTimeout as delay } from "node:timers/promises"

import { waitUntil } from "@freshet/embedded-postgres/testing"
import { isKafkaInstalled, type KafkaBroker, startKafkaBroker } from "@freshet/io/testing"
import { afterAll, beforeAll, describe, expect, test } from "vitest"

import { expectDone, runFreshet, startFreshet } from "./freshet-process.ts"
import {
  formatTick,
  landAll,
  readLanded,
  readNumbers,
  withStreamProject,
} from "./stream-project.ts"
import { withEnvironment } from "./test-project.ts"

/** Sizes of the test of kills; the numbers of the issue are 100,000 messages, 50 kills and 5 restarts of the broker. */
const messageCount = Number(process.env["FRESHET_STREAM_MESSAGES"] ?? 3000)
const killCount = Number(process.env["FRESHET_STREAM_KILLS"] ?? 5)
const restartCount = Number(process.env["FRESHET_STREAM_RESTARTS"] ?? 1)

describe.skipIf(!isKafkaInstalled())("landing from Kafka (skipped without Kafka or Java)", () => {
  let broker: Awaited<ReturnType<typeof startKafkaBroker>>
  beforeAll(async () => {
    broker = await startKafkaBroker()
  })
  afterAll(() => broker.remove())

  test("lands each message once, in the day of New York that holds its own time", async () => {
    await broker.createTopic("days", { partitions: 2 })
    await withStreamProject(broker, "days", async (project) => {
      const at = (n: number, time: string) => `{"n":${n},"at":"${time}"}`
      await broker.send("days", [
        at(0, "2021-03-14T04:59:59Z"),
        at(1, "2021-03-14T05:00:00Z"),
        at(2, "2021-11-08T04:59:59Z"),
        at(3, "2021-03-15T03:59:59Z"),
      ])
      await broker.send("days", [at(4, "2021-11-07T04:00:00Z")], 1)
      await landAll(project)
      const name = (partition: number, first: number, last: number) =>
        `days-${partition}-${String(first).padStart(20, "0")}-${String(last).padStart(20, "0")}.json`
      const landed = [
        { day: "2021-03-13", name: name(0, 0, 0), lines: [at(0, "2021-03-14T04:59:59Z")] },
        {
          day: "2021-03-14",
          name: name(0, 1, 3),
          lines: [at(1, "2021-03-14T05:00:00Z"), at(3, "2021-03-15T03:59:59Z")],
        },
        { day: "2021-11-07", name: name(0, 2, 2), lines: [at(2, "2021-11-08T04:59:59Z")] },
        { day: "2021-11-07", name: name(1, 0, 0), lines: [at(4, "2021-11-07T04:00:00Z")] },
      ]
      expect(readLanded(project.landing)).toEqual(landed)
      await landAll(project)
      expect(readLanded(project.landing)).toEqual(landed)
    })
  })

  test("lands what is no JSON as one line each, which the source quarantines, beside files of one message", async () => {
    await broker.createTopic("lines")
    await withStreamProject(broker, "lines", async (project) => {
      project.land("ticks/2021/12/31/tick_2021-12-31_10:00:00.json", `{"n":7}`)
      const spread = `{\n  "n": 1,\r\n  "at": "2021-12-31T12:00:00Z"\n}`
      await broker.send("lines", ["no\njson", "", null, spread])
      await landAll(project)
      // Their records are newer than the source's last day, so the messages without a time belong to it.
      expect(readLanded(project.landing).flatMap(({ day, lines }) => [day, ...lines])).toEqual([
        "2021-12-31",
        "no json",
        "null",
        "null",
        `{   "n": 1,    "at": "2021-12-31T12:00:00Z" }`,
        "2021-12-31",
      ])
      expectDone(await runFreshet(project, "materialize", "--date", "2021-12-31"))
      const numbers = ["data", "head", "numbers", "--partition", "2021-12-31", "--csv"] as const
      expect((await runFreshet(project, ...numbers)).stdout.split("\n").toSorted()).toEqual([
        "",
        "1",
        "7",
        "n",
      ])
      const quarantine = ["data", "quarantine", "ticks", "--partition", "2021-12-31"] as const
      const { stdout } = await runFreshet(project, ...quarantine)
      expect(stdout).toContain("no json")
      expect(stdout).toContain("lines-0-00000000000000000000-00000000000000000003.json")
    })
  })

  test(`lands every number once while the lander is killed ${killCount} times and the broker ${restartCount} times`, async () => {
    await broker.createTopic("kills", { partitions: 2 })
    await withStreamProject(broker, "kills", async (project) => {
      const sending = sendNumbers(broker, "kills")
      const limits = ["--max-messages", "97", "--max-seconds", "1"] as const
      for (let kill = 0; kill < killCount; kill += 1) {
        const landed = readNumbers(project.landing).length
        const lander = startFreshet(project, "land", "kafka", ...limits)
        const isAtWork = () => {
          const { length } = readNumbers(project.landing)
          return length > landed || length >= messageCount
        }
        await waitUntil(isAtWork)
        await delay((kill * 37) % 200) // to another moment of the next batch
        if (kill % Math.ceil(killCount / restartCount) === 0) {
          await broker.stop(kill % 2 === 0 ? "SIGKILL" : "SIGTERM")
          await broker.start()
        }
        lander.kill("SIGKILL")
        await lander.result
      }
      await sending
      await landAll(project)
      const numbers = readNumbers(project.landing)
      // A broker that is killed before it acknowledged a message makes its producer send it again, at another offset.
      expect([...new Set(numbers)]).toEqual(Array.from({ length: messageCount }, (_, n) => n))
      expectEachOffsetOnce(project.landing)
      expect(readdirSync(join(project.landing, ".streams/kills/0/staged"))).toEqual([])
    })
  })

  test("lands every message once by two landers at a time", async () => {
    await broker.createTopic("pairs", { partitions: 2 })
    await withStreamProject(broker, "pairs", async (project) => {
      const limits = ["--max-messages", "50", "--max-seconds", "1"] as const
      const landers = [0, 1].map(() => startFreshet(project, "land", "kafka", ...limits))
      for (let n = 0; n < 2000; n += 100) {
        const values = Array.from({ length: 100 }, (_, at) => formatTick(n + at))
        await broker.send("pairs", values, (n / 100) % 2)
      }
      await waitUntil(() => readNumbers(project.landing).length === 2000)
      for (const lander of landers) {
        lander.kill("SIGTERM")
        expectDone(await lander.result)
      }
      await landAll(project)
      expect(readNumbers(project.landing)).toEqual(Array.from({ length: 2000 }, (_, n) => n))
      expectEachOffsetOnce(project.landing)
    })
  })

  test("is done by the scheduler for declared streams", async () => {
    await broker.createTopic("served")
    await withStreamProject(broker, "served", async (project) => {
      await broker.send("served", [formatTick(1)])
      const served = startFreshet(project, "serve", "--port", "0")
      await served.waitForOutput("served, partition 0: 1 message landed, offsets 0 to 0, in 1 file")
      expect(readNumbers(project.landing)).toEqual([1])
      served.kill("SIGTERM")
      expectDone(await served.result)
    })
  })

  test("fails with one sentence and a hint", async () => {
    await broker.createTopic("faults")
    await withStreamProject(broker, "faults", async (project) => {
      const land = async (variables = {}, ...flags: readonly string[]) => {
        const settings = withEnvironment(project, variables)
        const { code, stderr } = await runFreshet(
          settings,
          "land",
          "kafka",
          "--until-end",
          ...flags,
        )
        return { code, stderr }
      }
      const away = await land({ FRESHET_KAFKA_BROKERS: "127.0.0.1:9" })
      expect(away.code).toBe(8)
      expect(away.stderr).toContain("Kafka does not answer at 127.0.0.1:9")
      expect(away.stderr).toContain("Start the broker, or set FRESHET_KAFKA_BROKERS")
      const unset = await land({ FRESHET_KAFKA_BROKERS: "" })
      expect(unset.code).toBe(2)
      expect(unset.stderr).toContain("No Kafka broker is configured.")
      const unknown = await land({}, "--topic", "fault")
      expect(unknown.code).toBe(2)
      expect(unknown.stderr).toContain("No source has a stream of the topic fault.")
      await broker.send("faults", [formatTick(1), formatTick(2), "x".repeat(101)])
      const large = await land({}, "--max-bytes", "100")
      expect(large.code).toBe(3)
      expect(large.stderr).toContain(
        "The message 2 of faults, partition 0, has 101 bytes, more than the 100 bytes of a batch.",
      )
      expect(readNumbers(project.landing)).toEqual([1, 2])
    })
    await withStreamProject(broker, "missing", async (project) => {
      const { code, stderr } = await runFreshet(project, "land", "kafka")
      expect(code).toBe(3)
      expect(stderr).toContain("Kafka has no topic missing.")
      expect(stderr).toContain("Create the topic")
      expect(existsSync(join(project.landing, ".streams"))).toBe(false)
    })
  })
})

/** Sends numbers in order to both partitions until all are acknowledged, also while the broker restarts. */
async function sendNumbers(broker: KafkaBroker, topic: string): Promise<void> {
  const batch = 50
  for (let n = 0; n < messageCount; n += batch) {
    const size = Math.min(batch, messageCount - n)
    const values = Array.from({ length: size }, (_, at) => formatTick(n + at))
    await waitUntil(() =>
      broker.send(topic, values, (n / batch) % 2).then(
        () => true,
        () => false,
      ),
    )
  }
}

/** Asserts that the names of the landed files cover every offset of both partitions, with one line each. */
function expectEachOffsetOnce(landing: string): void {
  const files = readLanded(landing).map(({ name, lines }) => {
    const [, partition, first, last] = /^\w+-(\d+)-(\d+)-(\d+)\.json$/.exec(name)?.map(Number) ?? []
    return { partition, first, last, lines: lines.length }
  })
  expect(files.every(({ first = 0, last = 0, lines }) => lines <= last - first + 1)).toBe(true)
  for (const partition of [0, 1]) {
    const ofPartition = files.filter((file) => file.partition === partition)
    const end = Math.max(...ofPartition.map(({ last = 0 }) => last)) + 1
    expect(ofPartition.reduce((sum, { lines }) => sum + lines, 0)).toBe(end)
  }
}

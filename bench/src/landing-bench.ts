/** Times landing from Kafka against its client alone. Usage: landing-bench.js [--messages 300000] [--pairs 3]. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"

import { daily, int64, sourceAsset } from "@freshet/core"
import { isStreamed } from "@freshet/core/engine"
import { landTopics, openFolderLandingFiles, openKafkaReader } from "@freshet/io"
import { isKafkaInstalled, type KafkaBroker, startKafkaBroker } from "@freshet/io/testing"
import { Consumer } from "@platformatic/kafka"

import { reportLimits } from "./limits.ts"
import { findMedian } from "./measure-process.ts"

const topic = "tweets"
const leastRate = 50_000
const leastShare = 0.7
const batchMessages = 2000

const source = sourceAsset({
  name: "tweets",
  group: "stocks",
  description: "Tweets.",
  columns: { id: int64() },
  partitions: daily({ start: "2021-09-27", zone: "America/New_York" }),
  format: { kind: "json_lines" },
  path: "twitter/{yyyy}/{mm}/{dd}/*.json",
  stream: { kind: "kafka", topic, time: "created_at" },
})

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      messages: { type: "string", default: "300000" },
      pairs: { type: "string", default: "3" },
    },
  })
  if (!isKafkaInstalled()) {
    console.log("skipped: Kafka is not installed (.ci/run installs it)")
    return 0
  }
  const messages = Number(values.messages)
  const broker = await startKafkaBroker()
  try {
    await sendTweets(broker, messages)
    const rates: { readonly client: number; readonly landing: number }[] = []
    for (let pair = 0; pair <= Number(values.pairs); pair += 1) {
      const client = messages / (await timeClient(broker, messages))
      const landing = messages / (await timeLanding(broker, messages))
      console.log(`${Math.round(client)} messages/s by the client, ${Math.round(landing)} landed`)
      if (pair > 0) rates.push({ client, landing }) // the first pair warms up
    }
    const client = findMedian(rates.map((rate) => rate.client))
    const landing = findMedian(rates.map((rate) => rate.landing))
    const limit = Math.min(leastRate, leastShare * client)
    return reportLimits("Landing from Kafka", [
      { name: "landed messages", value: landing, limit, unit: "/s", isLeast: true },
    ])
  } finally {
    await broker.remove()
  }
}

/** Sends tweets of about 400 bytes that are of five days. */
async function sendTweets(broker: KafkaBroker, messages: number): Promise<void> {
  await broker.createTopic(topic, { partitions: 2 })
  const text = "$AAPL to the moon, said everybody before the split. ".repeat(5)
  for (let from = 0; from < messages; from += batchMessages) {
    const tweets = Array.from({ length: Math.min(batchMessages, messages - from) }, (_, at) => {
      const id = from + at
      const created = new Date(Date.UTC(2021, 8, 27 + (id % 5), 14, 0, id % 60)).toISOString()
      return JSON.stringify({ id, created_at: created, text, user: { id: id % 997, name: "n" } })
    })
    await broker.send(topic, tweets, (from / batchMessages) % 2)
  }
}

async function timeSeconds(work: () => Promise<void>): Promise<number> {
  const startedMs = performance.now()
  await work()
  return (performance.now() - startedMs) / 1000
}

/** Reads all messages with a stream of the client, and returns the seconds from the first to the last: it waits for its group before. */
async function timeClient({ address }: KafkaBroker, messages: number): Promise<number> {
  const groupId = `alone-${performance.now()}`
  const consumer = new Consumer({ clientId: "alone", groupId, bootstrapBrokers: [address] })
  const stream = await consumer.consume({ topics: [topic], mode: "earliest", autocommit: false })
  let startedMs: number | undefined
  let remaining = messages
  for await (const { value } of stream) {
    startedMs ??= performance.now()
    if (value.length > 0) remaining -= 1
    if (remaining === 0) break
  }
  const seconds = (performance.now() - (startedMs ?? 0)) / 1000
  await consumer.close()
  return seconds
}

async function timeLanding({ address }: KafkaBroker, messages: number): Promise<number> {
  if (!isStreamed(source)) throw new Error("the source has a stream")
  const sources = [source]
  const root = mkdtempSync(join(tmpdir(), "freshet-bench-landing-"))
  try {
    const seconds = await timeSeconds(async () => {
      const reader = await openKafkaReader({ brokers: [address], group: "bench" })
      await landTopics({
        reader,
        files: openFolderLandingFiles(root),
        sources,
        limits: { messages: 100_000, bytes: 64_000_000, seconds: 10 },
        untilEnd: true,
        skipDeleted: false,
        signal: { aborted: false },
        nowMs: () => performance.now(),
        onConnected: () => {},
        emit: () => {},
      })
      await reader.close()
    })
    requireMessages(root, messages)
    return seconds
  } finally {
    rmSync(root, { recursive: true })
  }
}

/** Fails unless the landing zone has all messages. */
function requireMessages(root: string, messages: number): void {
  const folder = join(root, "twitter")
  const paths = readdirSync(folder, { recursive: true, encoding: "utf8" })
  const lines = paths
    .filter((path) => path.endsWith(".json"))
    .map((path) => readFileSync(join(folder, path), "utf8").split("\n").length - 1)
  const landed = lines.reduce((sum, count) => sum + count, 0)
  if (landed !== messages) throw new Error(`${landed} of ${messages} messages have landed`)
}

process.exitCode = await main()

import { type ChildProcess, spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { homedir, tmpdir } from "node:os"
import { join } from "node:path"

import { waitUntil } from "@freshet/embedded-postgres/testing"
import { Admin, Producer } from "@platformatic/kafka"

import { findFreePort } from "../local-port.ts"

/** The folder of the broker's jars. */
const jarFolder = process.env["FRESHET_TEST_KAFKA"] ?? join(homedir(), ".cache/freshet/kafka-4.0.0")

/** Tests if a Kafka broker can be started. */
export function isKafkaInstalled(): boolean {
  return existsSync(jarFolder) && spawnSync("java", ["-version"]).status === 0
}

/** A Kafka broker on loopback. */
export interface KafkaBroker {
  /** `host:port`. */
  readonly address: string
  /** Starts the broker, and waits until it answers. */
  readonly start: () => Promise<void>
  readonly stop: (signal: "SIGTERM" | "SIGKILL") => Promise<void>
  readonly createTopic: (topic: string, options?: TopicOptions) => Promise<void>
  /** Sends messages in order to one partition, and waits until they are durable. */
  readonly send: (
    topic: string,
    values: readonly (string | null)[],
    partition?: number,
  ) => Promise<void>
}

interface TopicOptions {
  readonly partitions?: number
  readonly maxMessageBytes?: number
}

/** Starts a broker in a temporary folder, which `remove` deletes. */
export async function startKafkaBroker(): Promise<
  KafkaBroker & { readonly remove: () => Promise<void> }
> {
  const folder = mkdtempSync(join(tmpdir(), "freshet-kafka-"))
  const [port, controllerPort] = [await findFreePort(), await findFreePort()]
  const address = `127.0.0.1:${port}`
  const properties = join(folder, "server.properties")
  writeFileSync(properties, formatProperties(folder, address, `127.0.0.1:${controllerPort}`))
  formatLogFolder(properties)
  let server: ChildProcess | undefined
  const start = async () => {
    server = spawn("java", [...javaOptions, "kafka.Kafka", properties], { stdio: "ignore" })
    await waitUntil(() => answers(address))
  }
  const stop = async (signal: NodeJS.Signals) => {
    if (server === undefined || server.exitCode !== null || server.signalCode !== null) return
    const exit = once(server, "exit")
    server.kill(signal)
    await exit
  }
  await start()
  return {
    address,
    start,
    stop,
    createTopic: (topic, options) => createTopic(address, topic, options),
    send: (topic, values, partition = 0) => sendValues(address, topic, values, partition),
    remove: async () => {
      await stop("SIGKILL")
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

const javaOptions = ["-Xmx512m", "-cp", join(jarFolder, "*")]

function formatProperties(folder: string, address: string, controller: string): string {
  return [
    "process.roles=broker,controller",
    "node.id=1",
    `controller.quorum.voters=1@${controller}`,
    `listeners=PLAINTEXT://${address},CONTROLLER://${controller}`,
    `advertised.listeners=PLAINTEXT://${address}`,
    "controller.listener.names=CONTROLLER",
    `log.dirs=${join(folder, "logs")}`,
    "offsets.topic.replication.factor=1",
    "offsets.topic.num.partitions=1",
    "auto.create.topics.enable=false",
  ].join("\n")
}

function formatLogFolder(properties: string): void {
  const words = ["kafka.tools.StorageTool", "format", "-t", "MkU3OEVBNTcwNTJENDM2Qk"]
  const { status, stderr } = spawnSync("java", [...javaOptions, ...words, "-c", properties])
  if (status !== 0)
    throw new Error(`the log folder of Kafka cannot be formatted: ${String(stderr)}`)
}

async function answers(address: string): Promise<boolean> {
  return withAdmin(address, async (admin) => admin.listTopics()).then(
    () => true,
    () => false,
  )
}

async function withAdmin<T>(address: string, work: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = new Admin({ clientId: "test", bootstrapBrokers: [address], retries: 0 })
  try {
    return await work(admin)
  } finally {
    await admin.close()
  }
}

async function createTopic(
  address: string,
  topic: string,
  { partitions = 1, maxMessageBytes }: TopicOptions = {},
): Promise<void> {
  const configs =
    maxMessageBytes === undefined
      ? []
      : [{ name: "max.message.bytes", value: String(maxMessageBytes) }]
  await withAdmin(address, (admin) =>
    admin.createTopics({ topics: [topic], partitions, replicas: 1, configs }),
  )
}

async function sendValues(
  address: string,
  topic: string,
  values: readonly (string | null)[],
  partition: number,
): Promise<void> {
  const producer = new Producer({ clientId: "test", bootstrapBrokers: [address] })
  const messages = values.map((value) => ({
    topic,
    partition,
    ...(value === null ? {} : { value: Buffer.from(value) }),
  }))
  try {
    if (messages.length > 0) await producer.send({ messages, acks: -1 })
  } finally {
    await producer.close()
  }
}

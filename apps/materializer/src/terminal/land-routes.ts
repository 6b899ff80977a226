import { buildRouteMap } from "@stricli/core"

import type { LandKafkaFlags } from "../commands/land-kafka.ts"
import { defineCommand } from "./define-command.ts"
import { createSwitchFlag, createWholeNumberParser, logFlag } from "./flags.ts"

const parseCount = createWholeNumberParser(1)

const kafka = defineCommand<LandKafkaFlags>({
  brief: "Land the messages of Kafka topics as files of their sources",
  text: "Lands the topics that sources declare as their stream, each message once, until SIGTERM or Ctrl-C. FRESHET_KAFKA_BROKERS names the brokers. Messages land in batches: a batch is complete at the first of its three limits. Needs no database. `freshet serve` lands all declared streams too.",
  examples: [
    "freshet land kafka --topic tweets --topic stocks",
    "freshet land kafka --until-end               # for cron: land what is there, and exit",
    "freshet land kafka --max-seconds 5 --log json",
  ],
  parameters: {
    flags: {
      topic: {
        kind: "parsed",
        parse: String,
        optional: true,
        variadic: true,
        placeholder: "topic",
        brief: "A topic; may be repeated (default: all declared ones)",
      },
      group: {
        kind: "parsed",
        parse: String,
        default: "freshet",
        placeholder: "name",
        brief: "Consumer group for which offsets are committed",
      },
      maxMessages: {
        kind: "parsed",
        parse: parseCount,
        default: "100000",
        placeholder: "n",
        brief: "Messages of a batch",
      },
      maxBytes: {
        kind: "parsed",
        parse: parseCount,
        default: "64000000",
        placeholder: "n",
        brief: "Bytes of a batch, and of the largest message",
      },
      maxSeconds: {
        kind: "parsed",
        parse: parseCount,
        default: "10",
        placeholder: "n",
        brief: "Seconds that a message waits for others",
      },
      untilEnd: createSwitchFlag("Exit when the messages that the topics have have landed"),
      skipDeleted: createSwitchFlag("Go on after messages that Kafka deleted before they landed"),
      log: logFlag,
    },
  },
  load: async () => (await import("../commands/land-kafka.ts")).landKafka,
})

/** Commands that land files. */
export const land = buildRouteMap({
  routes: { kafka },
  docs: { brief: "Land the messages of streams" },
})

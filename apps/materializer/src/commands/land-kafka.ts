import { defaultLandRequest, landStreams } from "@freshet/services"

import { type LogFormat, startLog } from "../serve/start-log.ts"
import { type CommandLine, printLines } from "../terminal/command-line.ts"
import { exitCodes } from "../terminal/exit-code.ts"

export interface LandKafkaFlags {
  readonly topic?: readonly string[]
  readonly group: string
  readonly maxMessages: number
  readonly maxBytes: number
  readonly maxSeconds: number
  readonly untilEnd: boolean
  readonly skipDeleted: boolean
  readonly log: LogFormat
}

const stopMessage = "Stopping: messages that were read and have not landed are read again."

/** Lands messages of Kafka until it is stopped, or with `--until-end` until those that exist have landed. */
export async function landKafka(cli: CommandLine, flags: LandKafkaFlags): Promise<number> {
  const { services } = await startLog(cli, flags.log, stopMessage)
  const { maxMessages, maxBytes, maxSeconds, topic = [], ...options } = flags
  const limits = { messages: maxMessages, bytes: maxBytes, seconds: maxSeconds }
  const announce = () => {
    if (!flags.untilEnd) void printLines(cli.err, ["Landing messages."])
  }
  await landStreams(
    services,
    { ...defaultLandRequest, ...options, topics: topic, limits },
    announce,
  )
  return services.signal.aborted && flags.untilEnd ? cli.interruption.getExitCode() : exitCodes.done
}

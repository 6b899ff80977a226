import type { AnyAsset, SourceAsset } from "../declare/declaration.ts"
import { splitLandingPath } from "../declare/landing-path.ts"
import { isTimed } from "../declare/partition.ts"
import { isJsonPath } from "../declare/source-format.ts"
import type { KafkaStream } from "../declare/stream.ts"
import type { Problem } from "../problem.ts"
import { eventTimeFormats } from "../stream/event-time.ts"

/** Finds the problems of declared streams, and topics that land for two sources. */
export function findStreamProblems(declared: readonly AnyAsset[]): readonly Problem[] {
  const topics = new Set<string>()
  return declared.flatMap((source) => {
    if (source.kind !== "source" || source.stream === undefined) return []
    const { topic } = source.stream
    const faults = listFaults(source, source.stream)
    if (topics.has(topic)) faults.push(`The topic ${topic} of \`${source.name}\` has two sources.`)
    topics.add(topic)
    return faults.map((message) => ({ kind: "stream", asset: source.name, message }))
  })
}

function listFaults({ name, path, partitions, format }: SourceAsset, stream: KafkaStream) {
  const faults: string[] = []
  const { topic, time, timeFormat = "iso" } = stream
  if (!/^(?!\.\.?$)[\w.-]{1,249}$/.test(topic))
    faults.push(`${JSON.stringify(topic)}, the topic of \`${name}\`, is not the name of a topic.`)
  if (!isJsonPath(time))
    faults.push(
      `The path to the time in the stream of \`${name}\` begins with a key and continues with keys and positions from 0.`,
    )
  if (!eventTimeFormats.includes(timeFormat))
    faults.push(
      `The time of the stream of \`${name}\` has the form ${eventTimeFormats.join(", ")}, not ${JSON.stringify(timeFormat)}.`,
    )
  if (!isTimed(partitions)) faults.push(`\`${name}\` has a stream, so it is partitioned by time.`)
  if (format.kind !== "json_lines")
    faults.push(`\`${name}\` has a stream, so its format is JSON lines.`)
  const names = splitLandingPath(path).names.map((segment) => segment.split("*").length - 1)
  if (names.at(-1) !== 1 || names.slice(0, -1).some((stars) => stars > 0))
    faults.push(
      `The path ${path} of \`${name}\` needs one * in the name of its files, in place of the offsets of a stream.`,
    )
  return faults
}

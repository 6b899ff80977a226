import { describe, expect, test } from "vitest"

import { daily } from "../../src/declare/partition.ts"
import { sourceAsset } from "../../src/declare/source.ts"
import type { KafkaStream } from "../../src/declare/stream.ts"
import { findStreamProblems } from "../../src/graph/stream-problems.ts"
import { text, unpartitioned } from "../../src/index.ts"

const stream: KafkaStream = { kind: "kafka", topic: "ticks", time: "at" }

function declareTicks(name = "ticks") {
  return sourceAsset({
    name,
    group: "market",
    description: "Ticks.",
    columns: { id: text() },
    partitions: daily({ start: "2026-01-05" }),
    format: { kind: "json_lines" },
    path: "ticks/{partition}/*.json",
    stream,
  })
}

function listMessages(...sources: ReturnType<typeof sourceAsset>[]): readonly string[] {
  return findStreamProblems(sources).map(({ message }) => message)
}

describe("the problems of a declared stream", () => {
  test("are none for a path with one * in the file's name", () => {
    expect(listMessages(declareTicks())).toEqual([])
    expect(listMessages({ ...declareTicks(), path: "{yyyy}/{mm}/{dd}/tick-*.json" })).toEqual([])
  })

  test("are a path without a place for the offsets, or with several", () => {
    for (const path of ["ticks/{partition}.json", "ticks/*/{partition}/*.json", "{partition}/*-*"])
      expect(listMessages({ ...declareTicks(), path })).toEqual([
        `The path ${path} of \`ticks\` needs one * in the name of its files, in place of the offsets of a stream.`,
      ])
  })

  test("are partitions that are not of time, and another format", () => {
    const source = declareTicks()
    expect(listMessages({ ...source, partitions: unpartitioned, format: { kind: "csv" } })).toEqual(
      [
        "`ticks` has a stream, so it is partitioned by time.",
        "`ticks` has a stream, so its format is JSON lines.",
      ],
    )
  })

  test("are the name of the topic, the path to the time and its form, all at once", () => {
    // a project without type checks may declare anything
    const bad = { kind: "kafka", topic: "..", time: [0], timeFormat: "text" } as unknown
    expect(listMessages({ ...declareTicks(), stream: bad as KafkaStream })).toEqual([
      '"..", the topic of `ticks`, is not the name of a topic.',
      "The path to the time in the stream of `ticks` begins with a key and continues with keys and positions from 0.",
      'The time of the stream of `ticks` has the form iso, epoch_ms, epoch_s, twitter, not "text".',
    ])
  })

  test("are two sources of one topic", () => {
    expect(listMessages(declareTicks(), declareTicks("trades"))).toEqual([
      "The topic ticks of `trades` has two sources.",
    ])
  })
})

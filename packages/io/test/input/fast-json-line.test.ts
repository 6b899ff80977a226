import { daily, decimal, int32, list, nullable, sourceAsset, text, timestamp } from "@freshet/core"
import { expect, test } from "vitest"

import { linesPerBlock, createFastLineMatcher } from "../../src/input/fast-json-line.ts"

const source = sourceAsset({
  name: "notes",
  group: "test",
  description: "Notes.",
  partitions: daily({ start: "2026-01-01" }),
  format: { kind: "json_lines" },
  path: "notes/{partition}.json",
  columns: {
    id: int32(),
    café: nullable(text()),
    marks: nullable(list(int32())),
    price: nullable(decimal(9, 2)),
    at: nullable(timestamp()),
  },
})

const isPlain = (line: string) => {
  const bytes = `${Buffer.from(line).toString("latin1")}\n`
  return createFastLineMatcher(source).findLineEnd(bytes, 0) === bytes.length
}

test.each([
  '{"id":1}',
  ' { "id" : -7 , "caf\u00e9" : "\u00fc" } \r',
  '{"caf\u00e9":null,"id":0,"marks":null}',
  '{"id":1,"marks":[]}',
  '{"id":1,"marks":[1, 2 ,-3]}',
  '{"id":1,"price":12.5}',
  '{"id":1,"extra":{"a":[1.5,true , "b"],"c":"x"},"more":[]}',
  String.raw`{"id":1,"caf\u00e9":"\" \\ \n \u00e9"}`.replace(String.raw`\u00e9":`, '\u00e9":'),
  '{"id":1,"at":"2024-02-29T23:59:59.123456Z"}',
  '{"id":1,"at":"2026-12-31T00:00:00Z"}',
])("%s is plain", (line) => expect(isPlain(line)).toBe(true))

test.each([
  "{}",
  '{"id":null}',
  '{"id":01}',
  '{"id":1.0}',
  '{"id":1e3}',
  '{"id":2147483648}',
  '{"id":1,"id":1}',
  '{"id":1,"x":1,"x":1}',
  '{"id":1,}',
  '{,"id":1}',
  '{"id":1{"x":1}',
  '{"id":1} {"id":2}',
  '{"id":1,"marks":[null]}',
  '{"id":1,"marks":[1,]}',
  '{"id":1,"price":1234567890.5}',
  '{"id":1,"x":[[[1]]]}',
  '{"id":1,"x":[1,]}',
  '{"id":1,"x":[1 2]}',
  '{"id":1,"x":[,1]}',
  '{"id":1,"x":{"y"}}',
  '{"id":1,"x":[1}}',
  '{"id":1,"x":NaN}',
  String.raw`{"id":1,"x":"\u0000"}`,
  String.raw`{"id":1,"x":"\ud800"}`,
  String.raw`{"i\u0064":1}`,
  '{"id":1,"at":"2026-02-29T00:00:00Z"}',
  '{"id":1,"at":"2026-04-31T00:00:00Z"}',
  '{"id":1,"at":"0000-01-01T00:00:00Z"}',
  '{"id":1,"at":"2026-01-01T24:00:00Z"}',
  '{"id":1,"at":"2026-01-01T00:00:00+01:00"}',
])("%s is left to the strict parser", (line) => expect(isPlain(line)).toBe(false))

test("more forms than one pattern knows are recognised all the same", () => {
  const { findLineEnd } = createFastLineMatcher(source)
  for (let at = 0; at < 100; at += 1) {
    const line = `{"id":${at},"x${at}":1}\n`
    expect(findLineEnd(line, 0)).toBe(line.length)
    expect(findLineEnd(line.replace(":1", ":01"), 0)).toBeUndefined()
  }
})

test("a block of lines is plain when every one of them is, and of a form seen before", () => {
  const { findLineEnd, findBlockEnd } = createFastLineMatcher(source)
  const lines = Array.from({ length: linesPerBlock }, (_, at) =>
    at % 2 === 0 ? `{"id":${at}}\n` : `{"caf\u00c3\u00a9":"b","id":${at}}\n`,
  )
  const block = lines.join("")
  expect(findBlockEnd(block, 0)).toBeUndefined()
  for (const line of lines) findLineEnd(line, 0)
  expect(findBlockEnd(block, 0)).toBe(block.length)
  expect(findBlockEnd(`{"id":1.0}\n${block}{"id":1}\n`, 11)).toBe(11 + block.length)
  for (const at of lines.keys()) {
    const bad = lines.with(at, '{"id":1.0}\n').join("")
    expect(findBlockEnd(bad, 0)).toBeUndefined()
    expect(findBlockEnd(lines.with(at, "\n").join(""), 0)).toBeUndefined()
  }
  expect(findBlockEnd(lines.slice(1).join(""), 0)).toBeUndefined()
})

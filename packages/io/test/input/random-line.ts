import type { Column, SourceAsset } from "@freshet/core"
import fc from "fast-check"

const integers = [
  "0",
  "1",
  "-1",
  "-0",
  "7",
  "13",
  "32767",
  "32768",
  "-32768",
  "-32769",
  "2147483647",
  "2147483648",
  "-2147483648",
  "-2147483649",
  "3000000001",
  "9007199254740993",
  "9223372036854775807",
  "9223372036854775808",
  "18446744073709551616",
  "170141183460469231731687303715884105728",
  "-99999999999999999999999999999999999999999999",
]
const otherNumbers = [
  "1.5",
  "5.0",
  "-2.0",
  "1e3",
  "1E2",
  "1e-7",
  "0.0000001",
  "1e20",
  "1e22",
  "123456789012345678901234567890.5",
  "1e400",
  "-1e400",
  "0.1",
  "0e0",
]
const otherValues = [
  "true",
  "false",
  "null",
  "[]",
  "[5]",
  "{}",
  '{"id":5}',
  '""',
  '"5"',
  '"like"',
  '"x\\u0000y"',
  '"\\ud83d\\ude00"',
  '"\\ud800"',
  '"\\""',
  '"a\\\\u0000"',
  '"caf\u00e9 \u2028 \ud83d\ude00"',
  '"\\/\\b\\t"',
]
const instants = [
  "2026-01-05T06:00:00Z",
  "2026-01-05T06:00:00.123Z",
  "2026-01-05T06:00:00.123456Z",
  "2026-01-05T06:00:00.1Z",
  "2026-01-05T06:00:00.123456789Z",
  "2026-01-05T06:00:00+05:30",
  "2026-01-05T06:00:00.500-23:59",
  "2024-02-29T23:59:59Z",
  "0001-01-01T00:00:00Z",
  "0001-01-01T00:00:00.000Z",
  "9999-12-31T23:59:59.999Z",
]
const notInstants = [
  "2026-01-05",
  "2026-01-05T06:00:00",
  "2026-01-05 06:00:00Z",
  "2026-01-05T06:00Z",
  "2026-02-30T06:00:00Z",
  "2026-02-29T06:00:00.000Z",
  "2026-01-05T24:00:00Z",
  "2026-01-05T24:00:00.000Z",
  "2026-01-05T06:00:60Z",
  "0000-01-05T06:00:00Z",
  "0000-01-05T06:00:00.000Z",
  "yesterday",
  "2026-01-05T06:00:00z",
  "2026-01-05t06:00:00Z",
  "2026-01-05T06:00:00 Z",
  "2026-1-005T06:00:00Z",
  " 2026-01-05T6:00:00Z",
  "2026-01-05T06:00:00.12 Z",
  "2026-01-05T06:00: 0.123Z",
  "-026-01-05T06:00:00Z",
  "2026-01-05T06:00:00.+12Z",
  "2026-01-05T-6:00:00Z",
  "2026-13-05T06:00:00Z",
]
const days = [
  "2026-01-05",
  "2024-02-29",
  "2026-02-29",
  "0000-01-01",
  "0001-01-01",
  "9999-12-31",
  "2026-1-5",
  "2026-01-05T00:00:00Z",
  " 2026-01-05",
]

const quoted = (values: readonly string[]) =>
  fc.constantFrom(...values.map((value) => JSON.stringify(value)))
const hostile = fc.constantFrom(...integers, ...otherNumbers, ...otherValues)

/** A value's JSON text, mostly fit for the column. */
function anyValue(column: Column): fc.Arbitrary<string> {
  const fit = validValue(column)
  return fc.oneof(
    { weight: 30, arbitrary: fit },
    { weight: 1, arbitrary: hostile },
    { weight: 1, arbitrary: quoted(notInstants) },
  )
}

function validValue(column: Column): fc.Arbitrary<string> {
  switch (column.kind) {
    case "int16":
    case "int32":
    case "int64":
      return fc.oneof(
        { weight: 4, arbitrary: fc.integer({ min: 1, max: 40 }).map(String) },
        { weight: 1, arbitrary: fc.constantFrom(...integers) },
      )
    case "float64":
      return fc.oneof(
        fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => JSON.stringify(number)),
        fc.constantFrom(...otherNumbers),
      )
    case "bool":
      return fc.constantFrom("true", "false")
    case "date":
      return quoted(days)
    case "timestamp":
      return fc.oneof(
        { weight: 5, arbitrary: quoted(instants) },
        { weight: 1, arbitrary: quoted(notInstants) },
      )
    case "text":
    case "decimal":
    case "list":
    case "struct":
      return fc.oneof(
        fc.string().map((string) => JSON.stringify(string)),
        fc.string({ unit: "binary" }).map((string) => JSON.stringify(string)),
        fc.constantFrom('"12"', '""', '"2,3"'),
      )
  }
}

const styles = fc.constantFrom(
  { colon: ":", comma: ",", end: "" },
  { colon: ": ", comma: ", ", end: "" },
  { colon: " :\t", comma: " , ", end: " \r" },
)

function jsonObject(source: SourceAsset): fc.Arbitrary<string> {
  const kinds = Object.keys(source.lineKinds?.kinds ?? {})
  const fields = Object.entries(source.columns).map(([name, column]) => {
    const fieldValue =
      name === source.lineKinds?.column
        ? fc.oneof({ weight: 15, arbitrary: quoted(kinds) }, { weight: 1, arbitrary: hostile })
        : anyValue(column)
    return fc
      .oneof(
        { weight: 12, arbitrary: fieldValue },
        { weight: 1, arbitrary: fc.constantFrom("null", undefined) },
      )
      .map((token) => [name, token] as const)
  })
  const extra = fc.option(
    fc.constantFrom<readonly [string, string]>(
      ["extra", '{"id": 5, "x": [1, {"id": "q"}]}'],
      ["other", '"id"'],
      ["id", "5"],
      ["user_id", '"9"'],
    ),
    { freq: 6 },
  )
  return fc
    .tuple(fc.tuple(...fields), extra, styles)
    .chain(([tokens, more, { colon, comma, end }]) => {
      const pairs = [...tokens, ...(more === null ? [] : [more])].flatMap(([name, token]) =>
        token === undefined ? [] : [`"${name}"${colon}${token}`],
      )
      return fc
        .shuffledSubarray(pairs, { minLength: pairs.length })
        .map((shuffled) => `{${shuffled.join(comma)}}${end}`)
    })
}

const malformed = fc.constantFrom(
  "not json",
  "null",
  "7",
  "[]",
  '"x"',
  '{"id":1} x',
  '{"id":1}{"id":2}',
  '[{"id":1}]',
  "{'id':1}",
  "{id:1}",
  '{"id":01}',
  '{"id":+1}',
  '{"id":.5}',
  '{"id" 1}',
  "{",
  "}",
  "{}",
  "\f",
  "\v",
  "\u2028",
  "\ufeff{}",
  '{"id":1}}',
  '{"id":1,"name":"a\tb"}',
  "// x",
  '{"id":1,}',
  '{"id":[1,],"name":"a"}',
  '{"id":NaN,"name":"a"}',
  '{"id":1,"name":"a","ratio":Infinity}',
  '{"id":1,"name":"a","other":NaN}',
  '{"id":1,"name":"a","other":{"x":1,"x":2}}',
  '{"id":1,"name":"a","other":1,"other":2}',
  '{"id":1,"name":"a","n\\u0061me":"b"}',
  '{"id":1,"name":"a","other":[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]}',
  '{"action":"like","user_id":1,"message_id":2,"user_id":1}',
  '{"action":"like","user_id":1,"message_id":2,"x":1,"x":1}',
  '{"action":"l\\u0069ke","user_id":1,"message_id":2}',
  '{"action":"like","user_id":1,"message_id":2,}',
  '{"id":1} // x',
  '{"id":0x10}',
)
const blank = fc.constantFrom("", " ", "\t", " \t ", "\r")

/** One line's bytes: good, nearly good, or hostile. */
export function randomLine(source: SourceAsset): fc.Arbitrary<Buffer> {
  const whole = jsonObject(source)
  const text = fc.oneof(
    { weight: 16, arbitrary: whole },
    { weight: 2, arbitrary: malformed },
    { weight: 1, arbitrary: blank },
    {
      weight: 1,
      arbitrary: fc.tuple(whole, fc.nat(60)).map(([line, length]) => line.slice(0, length)),
    },
  )
  const damage = fc.constantFrom(
    Buffer.from([0]),
    Buffer.from([0xff]),
    Buffer.from([0xc3]),
    Buffer.from([0x01]),
    Buffer.from([0xed, 0xa0, 0x80]),
  )
  const damaged = fc.tuple(whole, damage, fc.nat(80)).map(([line, bytes, at]) => {
    const good = Buffer.from(line)
    return Buffer.concat([good.subarray(0, at), bytes, good.subarray(at)])
  })
  const clean = text.map((line) => Buffer.from(line))
  return fc.oneof({ weight: 12, arbitrary: clean }, { weight: 1, arbitrary: damaged })
}

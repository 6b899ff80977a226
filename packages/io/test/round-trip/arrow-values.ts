import type { Column } from "@freshet/core"
import type { Data } from "apache-arrow"

/** Reads a value of Arrow data as JSON that a source reads, from the format's integers and offsets. */
export function toJsonToken(column: Column, data: Data, index: number): string {
  if (!data.getValid(index)) return "null"
  switch (column.kind) {
    case "int16":
    case "int32":
    case "int64":
      return String(data.values[index])
    case "float64":
      return Object.is(data.values[index], -0) ? "-0.0" : JSON.stringify(data.values[index])
    case "decimal":
      return toDecimal(column.type, data.values, index)
    case "bool":
      return String(((data.values[index >> 3] >> (index & 7)) & 1) === 1)
    case "text": {
      const bytes = data.values.subarray(data.valueOffsets[index], data.valueOffsets[index + 1])
      return JSON.stringify(Buffer.from(bytes).toString("utf8"))
    }
    case "date":
      return JSON.stringify(new Date(data.values[index] * 86_400_000).toISOString().slice(0, 10))
    case "timestamp":
      return JSON.stringify(toInstant(data.values[index]))
    case "list": {
      const items: string[] = []
      for (let at = data.valueOffsets[index]!; at < data.valueOffsets[index + 1]!; at += 1)
        items.push(toJsonToken(column.element!, data.children[0]!, at))
      return `[${items.join(",")}]`
    }
    case "struct": {
      const members = Object.entries(column.members ?? {}).map(
        ([name, member], at) =>
          `${JSON.stringify(name)}:${toJsonToken(member, data.children[at]!, index)}`,
      )
      return `{${members.join(",")}}`
    }
  }
}

function toDecimal(type: string, words: Uint32Array, index: number): string {
  let bits = 0n
  for (let word = 3; word >= 0; word -= 1) bits = (bits << 32n) | BigInt(words[index * 4 + word]!)
  const value = BigInt.asIntN(128, bits)
  const scale = Number(/,(\d+)\)/.exec(type)?.[1])
  const digits = (value < 0n ? -value : value).toString().padStart(scale + 1, "0")
  const point = digits.length - scale
  return `${value < 0n ? "-" : ""}${digits.slice(0, point)}${scale === 0 ? "" : `.${digits.slice(point)}`}`
}

function toInstant(micros: bigint): string {
  const micro = ((micros % 1_000_000n) + 1_000_000n) % 1_000_000n
  const second = new Date(Number((micros - micro) / 1000n)).toISOString().slice(0, 19)
  return `${second}.${String(micro).padStart(6, "0")}Z`
}

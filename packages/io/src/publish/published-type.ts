import type { Json } from "@duckdb/node-api"

import { formatTime } from "../duckdb/format-time.ts"

/** A type of PostgreSQL in the results of queries. */
export interface PublishedType {
  /** The engine's name of the type. */
  readonly name: string
  /** Parses PostgreSQL's text of a value into the form of the engine's rows. */
  readonly parse: (text: string) => Json
}

const textType: PublishedType = { name: "VARCHAR", parse: (text) => text }

/** Types by number; every other one is text. */
const scalarTypes = new Map<number, PublishedType>([
  [16, { name: "BOOLEAN", parse: (text) => text === "t" }],
  [20, { name: "BIGINT", parse: (text) => text }],
  [21, { name: "SMALLINT", parse: Number }],
  [23, { name: "INTEGER", parse: Number }],
  [114, { name: "JSON", parse: parseJson }],
  [700, { name: "FLOAT", parse: parseDouble }],
  [701, { name: "DOUBLE", parse: parseDouble }],
  [1082, { name: "DATE", parse: (text) => text }],
  [1114, { name: "TIMESTAMP", parse: formatTime }],
  [1184, { name: "TIMESTAMP WITH TIME ZONE", parse: formatTime }],
  [1700, { name: "DECIMAL", parse: (text) => text }],
  [3802, { name: "JSON", parse: parseJson }],
])

/** The type of the elements of an array type. */
const elementTypes = new Map([
  [199, 114],
  [1000, 16],
  [1005, 21],
  [1007, 23],
  [1009, 25],
  [1015, 1043],
  [1016, 20],
  [1021, 700],
  [1022, 701],
  [1115, 1114],
  [1182, 1082],
  [1185, 1184],
  [1231, 1700],
  [3807, 3802],
])

/** Finds a type by PostgreSQL's number. `parseArray` parses the text of an array into texts. */
export function findPublishedType(
  oid: number,
  parseArray: (text: string) => readonly unknown[],
): PublishedType {
  const element = elementTypes.get(oid)
  if (element === undefined) return scalarTypes.get(oid) ?? textType
  const { name, parse } = scalarTypes.get(element) ?? textType
  return { name: `${name}[]`, parse: (text) => parseItems(parseArray(text), parse) }
}

function parseItems(items: readonly unknown[], parse: PublishedType["parse"]): Json[] {
  return items.map((item) => {
    if (Array.isArray(item)) return parseItems(item, parse)
    return typeof item === "string" ? parse(item) : null
  })
}

function parseDouble(text: string): Json {
  const value = Number(text)
  return Number.isFinite(value) ? value : text
}

/** JSON with a number that JavaScript would round stays text. */
function parseJson(text: string): Json {
  return /\d[\d.]{15}/.test(text) ? text : (JSON.parse(text) as Json)
}

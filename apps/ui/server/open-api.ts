import * as z from "zod/mini"

import type { Endpoint } from "./endpoint.ts"
import { endpoints } from "./endpoints.ts"

/** Describes the HTTP interface as an OpenAPI 3.1 document. */
export function buildOpenApi(): object {
  const paths = new Map<string, Record<string, object>>()
  for (const endpoint of endpoints) {
    const path = endpoint.path.replaceAll(/:(\w+)/g, "{$1}")
    paths.set(path, { ...paths.get(path), [endpoint.method]: describeEndpoint(endpoint) })
  }
  return {
    openapi: "3.1.0",
    info: { title: "Freshet", version: "1" },
    paths: Object.fromEntries(paths),
  }
}

function describeEndpoint({ method, path, summary, input, answer }: Endpoint): object {
  const { properties, required, furtherValues } = describeInput(input)
  const pathNames = new Set([...path.matchAll(/:(\w+)/g)].map(([, name]) => name))
  const places = Object.entries(properties).map(([name, schema]) => ({
    name,
    in: pathNames.has(name) ? "path" : "query",
    required: pathNames.has(name) || required.includes(name),
    schema,
  }))
  const declared = places.filter((place) => method === "get" || place.in === "path")
  const bodyNames = places.filter((place) => !declared.includes(place)).map(({ name }) => name)
  const parameters = [...declared, ...furtherValues.map(describeFurtherParameters)]
  const body = { type: "object", properties: pick(properties, bodyNames), required: bodyNames }
  return {
    summary,
    parameters,
    ...(bodyNames.length === 0
      ? {}
      : { requestBody: { content: { "application/json": { schema: body } } } }),
    responses: {
      "200": {
        description: summary,
        content: { "application/json": { schema: toJsonSchema(answer) } },
      },
    },
  }
}

interface ObjectSchema {
  readonly properties: Readonly<Record<string, unknown>>
  readonly required: readonly string[]
  /** The schema of values that have no declared name, if there may be some. */
  readonly furtherValues: readonly object[]
}

function describeInput(input: z.core.$ZodType): ObjectSchema {
  const { properties, required, additionalProperties } = toJsonSchema(input) as Partial<
    ObjectSchema & { readonly additionalProperties: object | false }
  > // every input is an object
  return {
    properties: properties ?? {},
    required: required ?? [],
    furtherValues: additionalProperties ? [additionalProperties] : [],
  }
}

/** Describes query parameters of any name. */
function describeFurtherParameters(schema: object): object {
  return {
    name: "parameters",
    in: "query",
    required: false,
    style: "form",
    explode: true,
    schema: { type: "object", additionalProperties: schema },
  }
}

function toJsonSchema(schema: z.core.$ZodType): object {
  const { $schema: _, ...jsonSchema } = z.toJSONSchema(schema, {
    io: "input",
    unrepresentable: "any",
  })
  return jsonSchema
}

function pick(
  properties: ObjectSchema["properties"],
  names: readonly string[],
): ObjectSchema["properties"] {
  return Object.fromEntries(names.map((name) => [name, properties[name]]))
}

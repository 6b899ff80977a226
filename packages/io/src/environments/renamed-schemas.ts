import { readdir, readFile } from "node:fs/promises"
import { join } from "node:path"

import { quoteName } from "@freshet/core/engine"
import type { Client } from "pg"

import { toEnvironmentSchema } from "./environment-name.ts"

/** A schema that a migration makes, and the schema of a table or another object that a migration names. */
const schemaPatterns = [
  /\bschema\s+(?:if\s+(?:not\s+)?exists\s+)?"?(\w+)"?/gi,
  /\b(?:table|view|type|sequence|on|into|update|references)\s+(?:if\s+(?:not\s+)?exists\s+)?(?:only\s+)?"?(\w+)"?\s*\./gi,
]

/** Lists the schemas that the migrations of published tables name. */
export async function listMigratedSchemas(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch(() => [])
  const files = names.filter((name) => name.endsWith(".sql"))
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), "utf8")))
  const schemas = texts.flatMap((text) =>
    schemaPatterns.flatMap((pattern) => [...text.matchAll(pattern)].map(([, name = ""]) => name)),
  )
  return [...new Set(schemas)]
}

/** Comments and literals of a statement. A relation that a literal names is part of it, as in `nextval('shop.ids')` and `'shop.items'::regclass`. */
const textPattern =
  /(--[^\n]*|\/\*[\s\S]*?\*\/|(?:\b(?:nextval|currval|setval)\s*\(\s*)?'(?:[^']|'')*'(?:\s*::\s*reg\w+)?)/i

/** The start or the end of a literal that names a relation. */
const relationPattern = /^\w+\s*\(|'\s*::\s*reg\w+$/i

/**
 * Renames schemas in a statement to those of an environment. A schema that is made may exist already. Comments and
 * literals stay as they are, except the names of relations.
 */
export function renameSchemas(
  text: string,
  schemas: readonly string[],
  environment: string,
): string {
  const names = schemas.join("|")
  const rename = (name: string) => {
    const isSame = (schema: string) => schema.toLowerCase() === name.toLowerCase()
    return quoteName(toEnvironmentSchema(schemas.find(isSame) ?? name, environment))
  }
  const renameNames = (part: string) =>
    part
      .replace(
        new RegExp(
          String.raw`\b(create\s+schema)\s+(?:if\s+not\s+exists\s+)?"?(${names})"?(?!\w)`,
          "gi",
        ),
        (_, words: string, schema: string) => `${words} if not exists ${rename(schema)}`,
      )
      .replace(
        new RegExp(String.raw`(?<![\w".])"?(${names})"?(?=\s*\.)`, "gi"),
        (_, schema: string) => rename(schema),
      )
  const parts = text.split(textPattern)
  return parts
    .map((part, at) => (at % 2 === 1 && !relationPattern.test(part) ? part : renameNames(part)))
    .join("")
}

/** A view of a connection whose statements have the schemas of an environment. */
export function renameClientSchemas(
  client: Client,
  schemas: readonly string[],
  environment: string,
): Client {
  const rename = (text: string) => renameSchemas(text, schemas, environment)
  const query = (statement: string | { readonly text: string }, ...args: readonly unknown[]) =>
    (client.query as (...values: readonly unknown[]) => unknown)(
      typeof statement === "string"
        ? rename(statement)
        : { ...statement, text: rename(statement.text) },
      ...args,
    )
  return Object.assign(Object.create(client) as Client, { query })
}

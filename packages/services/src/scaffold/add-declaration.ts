import { existsSync } from "node:fs"
import { mkdir, readFile, writeFile } from "node:fs/promises"
import { dirname, join, relative } from "node:path"

import { usageError } from "../plan/target-problems.ts"
import { addAssetImport, findConfigFile } from "./config-file.ts"

/** A new declaration. */
export interface DeclarationRequest {
  readonly kind: "asset" | "source"
  /** In snake case. */
  readonly name: string
  readonly group: string
}

/** A written declaration, by paths inside the project. */
export interface AddedDeclaration {
  readonly file: string
  /** The configuration that imports the file; undefined if the import has to be added by hand. */
  readonly config: string | undefined
}

/** Writes the file of a new asset or source, and adds it to the configuration. */
export async function addDeclaration(
  projectFolder: string,
  request: DeclarationRequest,
): Promise<AddedDeclaration> {
  const { name, kind } = request
  const file = `assets/${name.replaceAll("_", "-")}.ts`
  const path = join(projectFolder, file)
  if (!/^[a-z][a-z0-9_]{0,62}$/.test(name))
    throw usageError({
      kind: "usage",
      message: `"${name}" is not a name: write it in snake case, as in daily_sales.`,
    })
  if (existsSync(path)) throw usageError({ kind: "usage", message: `${file} exists already.` })
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, (kind === "asset" ? formatAsset : formatSource)(request))
  return { file, config: await addToConfig(projectFolder, file) }
}

async function addToConfig(projectFolder: string, file: string): Promise<string | undefined> {
  const config = findConfigFile(projectFolder)
  if (config === undefined) return undefined
  const text = addAssetImport(await readFile(config, "utf8"), `./${file}`)
  if (text === undefined) return undefined
  await writeFile(config, text)
  return relative(projectFolder, config)
}

function toVariable(name: string): string {
  return name.replaceAll(/_+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
}

function formatAsset({ name, group }: DeclarationRequest): string {
  return `import { int64, notNull, sql, sqlAsset } from "@freshet/core"

export const ${toVariable(name)} = sqlAsset({
  name: "${name}",
  group: ${JSON.stringify(group)},
  description: "Describe a row.",
  columns: {
    id: int64("Describe the column."),
  },
  // Interpolate the assets that the query reads: from \${orders}
  query: sql\`select 1::bigint as id\`,
  checks: [notNull("id")],
})
`
}

function formatSource({ name, group }: DeclarationRequest): string {
  return `import { daily, int64, sourceAsset } from "@freshet/core"

export const ${toVariable(name)} = sourceAsset({
  name: "${name}",
  group: ${JSON.stringify(group)},
  description: "Describe a row.",
  partitions: daily({ start: "2026-01-01" }),
  columns: {
    id: int64("Describe the column."),
  },
  format: { kind: "csv" },
  path: "${name}/{partition}.csv",
})
`
}

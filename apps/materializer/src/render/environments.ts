import { formatBytes, formatInstant, formatQuantity } from "@freshet/core/engine"
import type { EnvironmentDocument, EnvironmentListDocument } from "@freshet/services"

import type { TerminalStyle } from "../terminal/terminal-style.ts"
import { formatTable } from "./table.ts"

/** Formats the environments beside the default one, with the files that only they have. */
export function formatEnvironmentList(
  { environments }: EnvironmentListDocument,
  style: TerminalStyle,
): readonly string[] {
  if (environments.length === 0)
    return ["There is only the default environment. `freshet env create NAME` creates another one."]
  const columns = [
    { header: "environment" },
    { header: "created" },
    { header: "own files", align: "right" as const },
    { header: "size", align: "right" as const },
    { header: "schemas", shrinks: true },
  ]
  const rows = environments.map(
    ({ name, is_ready: isReady, created_at, files, bytes, schemas }) => [
      name,
      isReady ? formatInstant(Date.parse(created_at)) : "incomplete",
      String(files),
      formatBytes(bytes),
      schemas.join(", "),
    ],
  )
  return formatTable(columns, rows, style)
}

/** Formats an environment that was created. */
export function formatCreatedEnvironment({
  name,
  schemas,
}: EnvironmentDocument): readonly string[] {
  return [
    `The environment ${name} has the materializations of the default environment, and no file of its own.`,
    `Its ${formatQuantity(schemas.length, "schema")}: ${schemas.join(", ")}.`,
    `Run commands in it with --env ${name} or FRESHET_ENV=${name}; the first run publishes its tables.`,
  ]
}

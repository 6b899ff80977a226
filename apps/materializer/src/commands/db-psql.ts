import { spawnSync } from "node:child_process"

import { FreshetError } from "@freshet/core/engine"
import { queryPublished } from "@freshet/services"

import type { CommandLine } from "../terminal/command-line.ts"
import { exitCodes } from "../terminal/exit-code.ts"
import { loadServices } from "../terminal/load-services.ts"
import { printRows } from "../terminal/print-rows.ts"

export interface PsqlFlags {
  readonly command?: string | undefined
}

/** Runs psql on the database. Without psql on this machine one query is answered by Freshet itself. */
export async function dbPsql(cli: CommandLine, { command }: PsqlFlags): Promise<number> {
  const services = await loadServices(cli)
  const status = await services.withDatabase(async (url) => runPsql(cli, url, command))
  if (status !== undefined) return status
  if (command === undefined)
    throw new FreshetError("usage", "psql is not installed on this machine.", {
      hint: '`freshet sql --published "select …"` queries the tables without it.',
    })
  const document = await queryPublished(services, { sql: command, limit: Infinity })
  await printRows(cli, { csv: false, json: false }, document)
  return exitCodes.done
}

/** Runs psql with the password in its environment, since other accounts can read its words; undefined if it is not installed. */
function runPsql(
  { environment }: CommandLine,
  url: string,
  command: string | undefined,
): number | undefined {
  const { password, location } = splitPassword(url)
  const words = [location, ...(command === undefined ? [] : ["-c", command])]
  const secret = password === "" ? {} : { PGPASSWORD: password }
  const { error, status } = spawnSync("psql", words, {
    stdio: "inherit",
    env: { ...environment, ...secret },
  })
  if (error !== undefined && "code" in error && error.code === "ENOENT") return undefined
  if (error !== undefined) throw error
  return status ?? exitCodes.fault
}

function splitPassword(url: string): { readonly password: string; readonly location: string } {
  const [, password = ""] = /^\w+:\/\/[^:@/]*:([^@/]*)@/.exec(url) ?? []
  if (password === "") return { password, location: url }
  return { password: decodeURIComponent(password), location: url.replace(`:${password}@`, "@") }
}

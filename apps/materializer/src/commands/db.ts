import { spawnSync } from "node:child_process"

import { FreshetError } from "@freshet/core/engine"
import {
  hidePassword,
  keepServerUp,
  queryPublished,
  readDatabase,
  releaseServer,
} from "@freshet/services"

import { type CommandLine, printData, printJson, printLines } from "../terminal/command-line.ts"
import { exitCodes } from "../terminal/exit-code.ts"
import { loadServices } from "../terminal/load-services.ts"
import { printRows } from "../terminal/print-rows.ts"

/** Prints the URL of the database, which is up meanwhile. */
export async function dbUrl(cli: CommandLine): Promise<number> {
  const services = await loadServices(cli)
  const url = await services.withDatabase(async (location) => location)
  await printData(cli.out, [hidePassword(url)])
  const { kind, stays_up: staysUp } = await readDatabase(services)
  if (kind === "embedded" && !staysUp)
    await printLines(cli.err, [
      "The server stops when no command uses it: `freshet db up` keeps it up.",
    ])
  return exitCodes.done
}

/** Keeps the embedded server up for other programs, and prints its URL. */
export async function dbUp(cli: CommandLine): Promise<number> {
  const url = await keepServerUp(await loadServices(cli))
  await printData(cli.out, [url])
  await printLines(cli.err, ["The server stays up until `freshet db down`."])
  return exitCodes.done
}

/** Lets the embedded server stop. */
export async function dbDown(cli: CommandLine): Promise<number> {
  await releaseServer(await loadServices(cli))
  await printLines(cli.out, ["The server stops as soon as no command uses it."])
  return exitCodes.done
}

/** Prints where the database is, and if the embedded server runs. */
export async function dbStatus(
  cli: CommandLine,
  { json }: { readonly json: boolean },
): Promise<number> {
  const document = await readDatabase(await loadServices(cli))
  const { kind, state, stays_up: staysUp, location } = document
  const lines =
    kind === "external"
      ? [`A server of your own: ${location}`]
      : [`The embedded server is ${state}${staysUp ? " and stays up" : ""}: ${location}`]
  await (json ? printJson(cli.out, document) : printLines(cli.out, lines))
  return exitCodes.done
}

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
  const flags = { csv: false, json: false, limit: 1_000_000 }
  await printRows(cli, flags, await queryPublished(services, { sql: command, limit: flags.limit }))
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

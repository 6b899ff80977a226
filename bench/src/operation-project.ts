import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { setTimeout as delay } from "node:timers/promises"
import { fileURLToPath } from "node:url"

import pg from "pg"

import type { BenchServer } from "./bench-server.ts"
import { type FreshetSettings, toEnvironmentVariables } from "./freshet-process.ts"

/** A project with declarations of its own. */
export interface OperationProject extends FreshetSettings {
  readonly project: string
  /** Variables of its commands. */
  readonly environment: Readonly<Record<string, string>>
  /** Writes a file into the landing zone. */
  readonly land: (path: string, content: string) => void
  /** Returns the starts of code that have been recorded, in milliseconds since 1970, by name. */
  readonly readStarts: (name: string) => readonly number[]
}

/** The variable with the time that code sleeps before it records its start: it shows that a benchmark can fail. */
const delayVariable = "BENCH_DELAY_MS"

/** Code of an asset that records its start. */
export function recordStart(name: string): string {
  return `
    await new Promise((resolve) => setTimeout(resolve, Number(process.env.${delayVariable})))
    appendFileSync(process.env.BENCH_STARTS, "${name} " + Date.now() + "\\n")`
}

/** Creates a project whose declarations define `assets`, `automation` and `pools`. */
export async function createOperationProject(
  folder: string,
  server: BenchServer,
  {
    declarations,
    delayMs = 0,
  }: { readonly declarations: string; readonly delayMs?: number | undefined },
): Promise<OperationProject> {
  const [project, landing, starts] = [
    join(folder, "project"),
    join(folder, "landing"),
    join(folder, "starts"),
  ]
  for (const created of [join(project, "node_modules/@freshet"), landing])
    mkdirSync(created, { recursive: true })
  symlinkSync(
    fileURLToPath(new URL("../node_modules/@freshet/core", import.meta.url)),
    join(project, "node_modules/@freshet/core"),
  )
  writeFileSync(starts, "")
  writeFileSync(
    join(project, "freshet.config.ts"),
    `import * as core from "@freshet/core"
     import { appendFileSync } from "node:fs"
     ${declarations}
     export default { assets, automation, pools }`,
  )
  const settings = {
    home: join(folder, "home"),
    landing,
    project,
    databaseUrl: await server.createDatabase(),
  }
  return {
    ...settings,
    environment: {
      ...toEnvironmentVariables(settings),
      BENCH_STARTS: starts,
      [delayVariable]: String(delayMs),
    },
    land: (path, content) => {
      const target = join(landing, path)
      mkdirSync(dirname(target), { recursive: true })
      writeFileSync(target, content)
    },
    readStarts: (name) =>
      readFileSync(starts, "utf8")
        .split("\n")
        .filter((line) => line.startsWith(`${name} `))
        .map((line) => Number(line.slice(name.length + 1))),
  }
}

/** Waits until a further start of code is recorded, and returns it. */
export async function waitForStart(
  { readStarts }: OperationProject,
  name: string,
  count: number,
): Promise<number> {
  for (;;) {
    const start = readStarts(name)[count]
    if (start !== undefined) return start
    await delay(20)
  }
}

/** Runs `work` with a connection to the ledger. */
export async function withLedger<T>(
  { databaseUrl }: OperationProject,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({ connectionString: databaseUrl, application_name: "bench" })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

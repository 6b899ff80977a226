/**
 * Lets many connections ask for the recommendations of one user, with and without publications at the same time. Usage:
 * readers-bench.js [--connections 200] [--rate 400] [--seconds 20] [--pairs 3].
 */
import { mkdtempSync, rmSync } from "node:fs"
import { loadavg, tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { parseArgs } from "node:util"

import { findInstalledPostgres, withInstalledPostgres } from "@freshet/embedded-postgres/testing"
import pg from "pg"

import { findMedian } from "./measure-process.ts"
import { type Answers, type Load, runPgbench } from "./readers-pgbench.ts"
import { type Publications, withPublications } from "./readers-publications.ts"
import { readerQuery } from "./readers-tables.ts"

const limit = 1.5
const port = 54_329
const migrations = resolve(import.meta.dirname, "../../packages/assets/migrations")

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      connections: { type: "string", default: "200" },
      rate: { type: "string", default: "400" },
      seconds: { type: "string", default: "20" },
      pairs: { type: "string", default: "3" },
    },
  })
  const load = {
    connections: Number(values.connections),
    rate: Number(values.rate),
    seconds: Number(values.seconds),
  }
  const programs = findInstalledPostgres()
  if (programs === undefined) throw new Error("The benchmark needs Debian's package postgresql.")
  const folder = mkdtempSync(join(tmpdir(), "freshet-bench-readers-"))
  const settings = [`max_connections=${load.connections + 20}`]
  try {
    return await withInstalledPostgres({ programs, port, settings }, (url) =>
      withPublications(url, { folder, migrations }, async (publications) => {
        await requireIndexes(url)
        return compare({ url, folder, load, publications }, Number(values.pairs))
      }),
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Requires that the query reads each of its tables through an index, without statistics of its rows too. */
async function requireIndexes(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query<{ "QUERY PLAN": string }>(
    `explain ${readerQuery.replace(":user_id", "1")}`,
  )
  await client.end()
  const plan = rows.map((row) => row["QUERY PLAN"]).join("\n")
  if (plan.includes("Seq Scan")) throw new Error(`A table is read without an index:\n${plan}`)
}

interface Measurement {
  readonly url: string
  readonly folder: string
  readonly load: Load
  readonly publications: Publications
}

/** Measures alternately without and with publications. */
async function compare(measurement: Measurement, pairs: number): Promise<number> {
  const { load } = measurement
  process.stdout.write(`${load.connections} connections, ${load.rate} questions/s in all\n`)
  printRow(["", "answers", "failures", "median", "p95", "publications"])
  printRow(Array.from({ length: 6 }, () => "---"))
  const [quiet, busy]: [Answers[], Answers[]] = [[], []]
  for (let pair = 0; pair < pairs; pair++) {
    quiet.push(await measure("alone", measurement, false))
    busy.push(await measure("with publications", measurement, true))
  }
  const [p95, busyP95] = [findMedian(quiet.map(toP95)), findMedian(busy.map(toP95))]
  const failures = [...quiet, ...busy].reduce((sum, answers) => sum + answers.failures, 0)
  const ratio = busyP95 / p95
  const words = [`p95 ${busyP95.toFixed(1)} ms : ${p95.toFixed(1)} ms = ${ratio.toFixed(2)}`]
  words.push(`limit ${limit}`, `load average ${loadavg()[0]?.toFixed(1)}`)
  process.stdout.write(`\n${words.join(", ")}\n`)
  return ratio <= limit && failures === 0 ? 0 : 1
}

const toP95 = ({ p95Ms }: Answers) => p95Ms

async function measure(
  name: string,
  { url, folder, load, publications }: Measurement,
  publishes: boolean,
): Promise<Answers> {
  const logs = mkdtempSync(join(folder, "pgbench-"))
  const end = new AbortController()
  const publishing = publishes ? publishUntil(publications, end.signal) : 0
  const answers = await runPgbench(url, logs, load)
  end.abort()
  const published = await publishing
  const times = [answers.medianMs, answers.p95Ms].map((ms) => `${ms.toFixed(2)} ms`)
  printRow([name, String(answers.count), String(answers.failures), ...times, String(published)])
  return answers
}

/** Publishes one edition after the other until the signal, and counts them. */
async function publishUntil({ publishNext }: Publications, signal: AbortSignal): Promise<number> {
  let published = 0
  for (; !signal.aborted; published++) await publishNext()
  return published
}

function printRow(cells: readonly string[]): void {
  process.stdout.write(`| ${cells.join(" | ")} |\n`)
}

process.exitCode = await main()

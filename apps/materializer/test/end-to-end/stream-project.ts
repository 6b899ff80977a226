import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"

import type { KafkaBroker } from "@freshet/io/testing"

import { type DeclaredProject, withDeclaredProject } from "./declared-project.ts"
import { expectDone, runFreshet } from "./freshet-process.ts"
import { withEnvironment } from "./test-project.ts"

/** The declarations of a project whose ticks land from a topic, by days of New York. */
function declareTicks(topic: string): string {
  return `
    import { daily, int64, sourceAsset, sql, sqlAsset } from "@freshet/core"
    const partitions = daily({ start: "2021-03-01", end: "2021-12-31", zone: "America/New_York" })
    const ticks = sourceAsset({
      name: "ticks", group: "market", description: "Ticks.", partitions,
      columns: { n: int64() },
      format: { kind: "json_lines" },
      path: "ticks/{yyyy}/{mm}/{dd}/*.json",
      tolerance: 1,
      stream: { kind: "kafka", topic: ${JSON.stringify(topic)}, time: "at" },
    })
    const numbers = sqlAsset({
      name: "numbers", group: "market", description: "Numbers.", partitions,
      columns: { n: int64() },
      query: sql\`SELECT n FROM \${ticks}\`,
    })
    export const assets = [numbers]`
}

/** Runs `work` with a project that lands a topic of a broker. */
export async function withStreamProject(
  { address }: Pick<KafkaBroker, "address">,
  topic: string,
  work: (project: DeclaredProject) => Promise<void>,
): Promise<void> {
  await withDeclaredProject(declareTicks(topic), (project) =>
    work({ ...project, ...withEnvironment(project, { FRESHET_KAFKA_BROKERS: address }) }),
  )
}

/** Lands the messages that the topics have. */
export async function landAll(project: DeclaredProject): Promise<void> {
  expectDone(await runFreshet(project, "land", "kafka", "--until-end"))
}

/** Formats a message of a number; seven numbers in a row are of seven days. */
export function formatTick(n: number): string {
  return JSON.stringify({ n, at: new Date(Date.UTC(2021, 8, 1 + (n % 7), 12)).toISOString() })
}

/** A file that has landed: its day as `2021-09-28`, its name, and its lines. */
interface LandedTicks {
  readonly day: string
  readonly name: string
  readonly lines: readonly string[]
}

/** Reads the landed files, in the order of their paths. */
export function readLanded(landing: string): readonly LandedTicks[] {
  const root = join(landing, "ticks")
  if (!existsSync(root)) return []
  return readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".json"))
    .toSorted()
    .map((path) => {
      const [year, month, day, name = ""] = path.split("/")
      const lines = readFileSync(join(root, path), "utf8").split("\n").slice(0, -1)
      return { day: `${year}-${month}-${day}`, name, lines }
    })
}

/** Reads the landed numbers, in ascending order. */
export function readNumbers(landing: string): readonly number[] {
  return readLanded(landing)
    .flatMap(({ lines }) => lines.map((line) => (JSON.parse(line) as { readonly n: number }).n))
    .toSorted((a, b) => a - b)
}

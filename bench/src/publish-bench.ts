/**
 * Compares publication with psql's `\\copy`. Usage: publish-bench.js [--rows 1000000] [--pairs 5] [--only recs].
 * `--only` selects the comparisons whose name contains the text.
 */
import { loadavg } from "node:os"
import { parseArgs } from "node:util"

import { readProcessCpuMs } from "./bench-server.ts"
import { findMedian } from "./measure-process.ts"
import { type Comparison, listComparisons, type PrepareWork } from "./publish-comparisons.ts"
import { messages, reasons, recommendations } from "./publish-tables.ts"
import { withWorkbench, type Workbench } from "./publish-workbench.ts"

/** Time, CPU time of the process, its children and the server, and written WAL of one side. */
interface Figures {
  readonly ms: number
  readonly cpuMs: number
  readonly walMb: number
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      rows: { type: "string", default: "1000000" },
      pairs: { type: "string", default: "5" },
      only: { type: "string", default: "" },
    },
  })
  return withWorkbench(async (bench) => {
    printRow(["", "Freshet", "psql", "ratio", "of CPU", "limit", "WAL", "WAL of psql", ""])
    printRow(Array.from({ length: 9 }, () => "---"))
    const verdicts: boolean[] = []
    for (const table of [recommendations, reasons, messages]) {
      const comparisons = listComparisons(bench, table, Number(values.rows))
      for (const comparison of comparisons.filter(({ name }) => name.includes(values.only)))
        verdicts.push(await compare(bench, comparison, Number(values.pairs)))
    }
    process.stdout.write(`\nload average ${loadavg()[0]?.toFixed(1)}\n`)
    return verdicts.every(Boolean) ? 0 : 1
  })
}

/** Measures both sides alternately after a warm-up. Returns true if the limits hold. */
async function compare(bench: Workbench, comparison: Comparison, pairs: number): Promise<boolean> {
  const [freshet, psql]: [Figures[], Figures[]] = [[], []]
  for (let pair = 0; pair <= pairs; pair++) {
    const freshetFigures = await measureSide(bench, comparison.freshet)
    const psqlFigures = await measureSide(bench, comparison.psql)
    if (pair === 0) continue
    freshet.push(freshetFigures)
    psql.push(psqlFigures)
  }
  const [ms, psqlMs] = [findFigure(freshet, "ms"), findFigure(psql, "ms")]
  const [wal, psqlWal] = [findFigure(freshet, "walMb"), findFigure(psql, "walMb")]
  const { name, limit = Infinity, walLimit = Infinity } = comparison
  const holds = ms <= limit * psqlMs && wal <= walLimit * psqlWal
  const cpuRatio = findFigure(freshet, "cpuMs") / findFigure(psql, "cpuMs")
  const ratios = [ms / psqlMs, cpuRatio, limit].map(formatRatio)
  const times = [`${ms.toFixed(0)} ms`, `${psqlMs.toFixed(0)} ms`, ...ratios]
  const wals = [`${wal.toFixed(0)} MB`, `${psqlWal.toFixed(0)} MB`]
  printRow([name, ...times, ...wals, formatVerdict(holds, limit)])
  return holds
}

const formatRatio = (ratio: number) => (Number.isFinite(ratio) ? ratio.toFixed(2) : "")

function formatVerdict(holds: boolean, limit: number): string {
  if (!Number.isFinite(limit)) return ""
  return holds ? "holds" : "**does not hold**"
}

function findFigure(side: readonly Figures[], figure: keyof Figures): number {
  return findMedian(side.map((figures) => figures[figure]))
}

async function measureSide(
  { client, readServerCpuMs, publisher }: Workbench,
  prepare: PrepareWork,
): Promise<Figures> {
  const work = await prepare()
  const readCpuMs = () => readServerCpuMs() + readProcessCpuMs(process.pid)
  const readWal = async () => {
    const { rows } = await client.query<{ bytes: string }>(
      "select pg_current_wal_insert_lsn() - '0/0'::pg_lsn as bytes",
    )
    return Number(rows[0]?.bytes)
  }
  const walBytes = await readWal()
  const [startedAt, cpuMs] = [performance.now(), readCpuMs()]
  await work()
  const figures = { ms: performance.now() - startedAt, cpuMs: readCpuMs() - cpuMs }
  const walMb = ((await readWal()) - walBytes) / 1e6
  await publisher.close()
  return { ...figures, walMb }
}

function printRow(cells: readonly string[]): void {
  process.stdout.write(`| ${cells.join(" | ")} |\n`)
}

process.exitCode = await main()

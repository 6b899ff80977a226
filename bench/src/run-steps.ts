import type { DuckDBConnection, DuckDBInstance, Json } from "@duckdb/node-api"

/** One thing that the script does, once what it needs is done. */
export interface Step {
  readonly name: string
  readonly needs: readonly string[]
  readonly run: (lane: Lane) => Promise<void>
}

/** A connection of the script. */
export interface Lane {
  readonly run: (sql: string) => Promise<void>
  readonly rows: (sql: string) => Promise<readonly (readonly Json[])[]>
}

/** What a step took. CPU time is the process's, so it means something with one lane only. */
export interface StepTime {
  readonly name: string
  readonly wallMs: number
  readonly cpuMs: number
}

/** Performs the steps on so many connections, each taking the first step that can be done. */
export async function runSteps(
  instance: DuckDBInstance,
  steps: readonly Step[],
  lanes: number,
): Promise<readonly StepTime[]> {
  const waiting = [...steps]
  const done = new Set<string>()
  const times: StepTime[] = []
  let wake: (() => void)[] = []
  const take = () => {
    const at = waiting.findIndex(({ needs }) => needs.every((name) => done.has(name)))
    return at < 0 ? undefined : waiting.splice(at, 1)[0]
  }
  const work = async (lane: Lane): Promise<void> => {
    while (waiting.length > 0) {
      const step = take()
      if (step === undefined) await new Promise<void>((resume) => wake.push(resume))
      else {
        times.push(await timed(step, lane))
        done.add(step.name)
        for (const resume of wake) resume()
        wake = []
      }
    }
  }
  const connections = await Promise.all(Array.from({ length: lanes }, () => instance.connect()))
  await Promise.all(connections.map((connection) => work(laneOn(connection))))
  for (const connection of connections) connection.closeSync()
  return times
}

function laneOn(connection: DuckDBConnection): Lane {
  return {
    run: async (sql) => {
      await connection.run(sql)
    },
    rows: async (sql) => (await connection.runAndReadAll(sql)).getRowsJson(),
  }
}

async function timed(step: Step, lane: Lane): Promise<StepTime> {
  const before = process.cpuUsage()
  const startedAt = performance.now()
  await step.run(lane)
  const { user, system } = process.cpuUsage(before)
  const wallMs = performance.now() - startedAt
  return { name: step.name, wallMs, cpuMs: (user + system) / 1000 }
}

import type { DuckDBConnection, DuckDBInstance, Json } from "@duckdb/node-api"

/** A step of the script, run after the steps that it needs. */
export interface Step {
  readonly name: string
  readonly needs: readonly string[]
  readonly run: (connection: ScriptConnection) => Promise<void>
}

/** A connection of the script. */
export interface ScriptConnection {
  readonly run: (sql: string) => Promise<void>
  readonly rows: (sql: string) => Promise<readonly (readonly Json[])[]>
}

/** Time of a step. CPU time is that of the process, which is useful with one lane only. */
export interface StepTime {
  readonly name: string
  readonly wallMs: number
  readonly cpuMs: number
}

/** Runs the steps on several connections, each taking the first step that is ready. */
export async function runSteps(
  instance: DuckDBInstance,
  steps: readonly Step[],
  connectionCount: number,
): Promise<readonly StepTime[]> {
  const waiting = [...steps]
  const done = new Set<string>()
  const times: StepTime[] = []
  let sleepers: (() => void)[] = []
  const takeStep = () => {
    const at = waiting.findIndex(({ needs }) => needs.every((name) => done.has(name)))
    return at < 0 ? undefined : waiting.splice(at, 1)[0]
  }
  const runLoop = async (connection: ScriptConnection): Promise<void> => {
    while (waiting.length > 0) {
      const step = takeStep()
      if (step === undefined) await new Promise<void>((resume) => sleepers.push(resume))
      else {
        times.push(await runTimed(step, connection))
        done.add(step.name)
        for (const resume of sleepers) resume()
        sleepers = []
      }
    }
  }
  const connections = await Promise.all(
    Array.from({ length: connectionCount }, () => instance.connect()),
  )
  await Promise.all(connections.map((connection) => runLoop(toScriptConnection(connection))))
  for (const connection of connections) connection.closeSync()
  return times
}

function toScriptConnection(connection: DuckDBConnection): ScriptConnection {
  return {
    run: async (sql) => {
      await connection.run(sql)
    },
    rows: async (sql) => (await connection.runAndReadAll(sql)).getRowsJson(),
  }
}

async function runTimed(step: Step, connection: ScriptConnection): Promise<StepTime> {
  const cpuAtStart = process.cpuUsage()
  const startedAt = performance.now()
  await step.run(connection)
  const { user, system } = process.cpuUsage(cpuAtStart)
  const wallMs = performance.now() - startedAt
  return { name: step.name, wallMs, cpuMs: (user + system) / 1000 }
}

import type { Computation } from "../declare/declaration.ts"
import type { Retries } from "../declare/execution.ts"
import type { Problem } from "../problem.ts"
import { formatSuggestion } from "../suggest.ts"

/** Finds problems of a computation's execution policy. */
export function findExecutionProblems(computation: Computation): readonly Problem[] {
  const { name, execution } = computation
  const { retries, timeoutSeconds } = execution
  const memoryMb = computation.kind === "code" ? computation.execution.memoryMb : undefined
  return [
    ...(retries === undefined ? [] : findRetryProblems(name, retries)),
    ...(timeoutSeconds === undefined ? [] : findTimeoutProblems(name, timeoutSeconds)),
    ...(memoryMb === undefined ? [] : findMemoryProblems(name, memoryMb)),
  ]
}

/** A thread needs about 10 MB to load its declarations. */
const minMemoryMb = 32

function findMemoryProblems(asset: string, memoryMb: number): readonly Problem[] {
  if (Number.isInteger(memoryMb) && memoryMb >= minMemoryMb) return []
  const message = `memoryMb of \`${asset}\` is not a whole number of MB from ${minMemoryMb}.`
  return [{ kind: "bad_memory", asset, message }]
}

/** A week. */
const maxTimeoutSeconds = 604_800

function findTimeoutProblems(asset: string, timeoutSeconds: number): readonly Problem[] {
  if (timeoutSeconds > 0 && timeoutSeconds <= maxTimeoutSeconds) return []
  const message = `timeoutSeconds of \`${asset}\` is not a number of seconds above 0, up to 604,800.`
  return [{ kind: "bad_timeout", asset, message }]
}

const maxSeconds = 86_400

function findRetryProblems(asset: string, retries: Retries): readonly Problem[] {
  const { attempts, backoffSeconds = 0, maxBackoffSeconds = 0 } = retries
  const toProblem = (option: string, rule: string): Problem => ({
    kind: "bad_retries",
    asset,
    message: `retries.${option} of \`${asset}\` is not ${rule}.`,
  })
  const isValidAttempts = Number.isInteger(attempts) && attempts >= 2 && attempts <= 20
  return [
    ...(isValidAttempts ? [] : [toProblem("attempts", "a whole number from 2 to 20")]),
    ...Object.entries({ backoffSeconds, maxBackoffSeconds })
      .filter(([, seconds]) => !(seconds >= 0 && seconds <= maxSeconds))
      .map(([option]) => toProblem(option, "a number of seconds from 0 to 86,400")),
  ]
}

/** Finds the pools of computations that the configuration does not declare. */
export function findPoolProblems(
  computations: readonly Computation[],
  pools: Readonly<Record<string, number>>,
): readonly Problem[] {
  const names = Object.keys(pools)
  return computations.flatMap(({ name, execution: { pool } }) => {
    if (pool === undefined || names.includes(pool)) return []
    const message = `\`${name}\` names the pool \`${pool}\`, which freshet.config.ts does not declare.`
    const hint =
      names.length > 0 ? formatSuggestion(pool, names) : `Declare it: pools: { ${pool}: 2 }.`
    return [{ kind: "unknown_pool", asset: name, message, hint }]
  })
}

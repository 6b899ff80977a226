import type { Config } from "../config.ts"
import { usageError } from "../plan/target-problems.ts"

type EnvironmentConfig = Pick<Config, "environment">

/** Fails in another environment than the default one. */
export function requireDefaultEnvironment(
  { environment }: EnvironmentConfig,
  message: string,
): void {
  if (environment === undefined) return
  const hint = `Run the command without --env ${environment} and without FRESHET_ENV.`
  throw usageError({ kind: "usage", message, hint })
}

/** Fails in another environment than the default one, which alone has schedules. */
export function requireDefaultSchedules(config: EnvironmentConfig): void {
  requireDefaultEnvironment(config, "Only the default environment has schedules.")
}

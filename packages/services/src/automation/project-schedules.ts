import {
  formatSuggestion,
  type Graph,
  listSchedules,
  ProblemsError,
  type Schedule,
} from "@freshet/core/engine"

import type { Config } from "../config.ts"
import { buildDeclaredGraph } from "../open-project.ts"

/** The declared schedules and their graph. */
export interface ProjectSchedules {
  readonly graph: Graph
  readonly schedules: readonly Schedule[]
}

/** Lists the declared schedules. Fails with every problem of the declarations. */
export function listProjectSchedules(config: Config): ProjectSchedules {
  const graph = buildDeclaredGraph(config)
  return { graph, schedules: listSchedules(graph, config.automation) }
}

/** Finds the schedule of a name; fails with the names that exist. */
export function findSchedule(schedules: readonly Schedule[], name: string): Schedule {
  const schedule = schedules.find((candidate) => candidate.name === name)
  if (schedule !== undefined) return schedule
  const names = schedules.map((candidate) => candidate.name)
  const hint =
    names.length === 0
      ? "Declare one with automation: schedule(…), onArrival() or whenStale()."
      : formatSuggestion(name, names)
  const message = `No schedule is called \`${name}\`.`
  throw new ProblemsError("usage", [{ kind: "usage", message, hint }])
}

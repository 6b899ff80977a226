import type { World } from "./world.ts"

/** The real world: the database behind the keeper, the engine, the store. Every part is imported on first use. */
export function openWorld(keeperCommand: readonly string[]): World {
  return {
    withProject: async (config, work) => {
      const { withProject } = await import("../project/open-project.ts")
      return withProject(config, keeperCommand, work)
    },
    runPlan: async (config, request) => {
      const { runPlan } = await import("../project/run-plan.ts")
      return runPlan(config, keeperCommand, request)
    },
    cancelRun: async (config, request) => {
      const { cancelRun } = await import("../project/cancel-run.ts")
      return cancelRun(config, keeperCommand, request)
    },
    withData: async (config, signal, work) => {
      const { withData } = await import("../project/open-data.ts")
      return withData(config, keeperCommand, { signal, work })
    },
    withRemaking: async (config, signal, work) => {
      const { withRemaking } = await import("../project/remaking.ts")
      return withRemaking(config, keeperCommand, { signal, work })
    },
    collectGarbage: async (config, request) => {
      const { collectGarbage } = await import("../project/collect-garbage.ts")
      return collectGarbage(config, keeperCommand, request)
    },
    forgetPartitions: async (config, request) => {
      const { forgetPartitions } = await import("../project/forget-partitions.ts")
      return forgetPartitions(config, keeperCommand, request)
    },
    readPublished: async (config, query) => {
      const { withLedgerOf } = await import("../project/open-project.ts")
      const { readPublished } = await import("@freshet/io")
      return withLedgerOf(config, keeperCommand, (client) => readPublished(client, query))
    },
    engineVersion: async () => {
      const { engineVersion } = await import("@freshet/io")
      return engineVersion()
    },
  }
}

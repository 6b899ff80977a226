import type { Services } from "./services.ts"

/** The real world: the database behind the supervisor, the engine, the store. Every part is imported on first use. */
export function createServices(supervisorCommand: readonly string[]): Services {
  return {
    withProject: async (config, work) => {
      const { withProject } = await import("./open-project.ts")
      return withProject(config, supervisorCommand, work)
    },
    runPlan: async (config, request) => {
      const { runPlan } = await import("./run/run-plan.ts")
      return runPlan(config, supervisorCommand, request)
    },
    cancelRun: async (config, request) => {
      const { cancelRun } = await import("./run/cancel-run.ts")
      return cancelRun(config, supervisorCommand, request)
    },
    withData: async (config, signal, work) => {
      const { withData } = await import("./data/open-data.ts")
      return withData(config, supervisorCommand, { signal, work })
    },
    withRecomputation: async (config, signal, work) => {
      const { withRecomputation } = await import("./verify/recomputation.ts")
      return withRecomputation(config, supervisorCommand, { signal, work })
    },
    collectGarbage: async (config, request) => {
      const { collectGarbage } = await import("./maintain/collect-garbage.ts")
      return collectGarbage(config, supervisorCommand, request)
    },
    wipePartitions: async (config, request) => {
      const { wipeAssetPartitions } = await import("./maintain/wipe-partitions.ts")
      return wipeAssetPartitions(config, supervisorCommand, request)
    },
    readPublished: async (config, query) => {
      const { withProjectLedger } = await import("./open-project.ts")
      const { readPublished } = await import("@freshet/io")
      return withProjectLedger(config, supervisorCommand, (client) => readPublished(client, query))
    },
    readEngineVersion: async () => {
      const { readEngineVersion } = await import("@freshet/io")
      return readEngineVersion()
    },
  }
}

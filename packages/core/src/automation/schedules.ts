import type { Automation, GroupAutomation } from "../declare/automation.ts"
import type { Asset } from "../declare/declaration.ts"
import { type Graph, getOutputs } from "../graph/graph.ts"
import { type Problem, unreachable } from "../problem.ts"
import { formatSuggestion } from "../suggest.ts"

/** Assets that one automation materializes. The name is the selection that means them: an asset, or `group:movies`. */
export interface Schedule {
  readonly name: string
  readonly automation: Automation
  /** Names of assets, at least one. */
  readonly assets: readonly string[]
}

/** Lists the schedules: one per group with an automation, and one per computation with an automation of its own. */
export function listSchedules(graph: Graph, groupAutomation: GroupAutomation): readonly Schedule[] {
  const groupSchedules = Object.entries(groupAutomation).flatMap(([group, automation]) => {
    const assets = listAssets(graph).filter(
      (asset) => asset.group === group && asset.automation === undefined,
    )
    return assets.length === 0 ? [] : [createSchedule(`group:${group}`, automation, assets)]
  })
  const assetSchedules = graph.computations.flatMap((computation) => {
    const outputs = getOutputs(graph, computation)
    const [asset] = outputs
    return asset?.automation === undefined
      ? []
      : [createSchedule(asset.name, asset.automation, outputs)]
  })
  return [...groupSchedules, ...assetSchedules]
}

function createSchedule(name: string, automation: Automation, assets: readonly Asset[]): Schedule {
  return { name, automation, assets: assets.map((asset) => asset.name) }
}

function listAssets(graph: Graph): readonly Asset[] {
  return graph.computations.flatMap((computation) => getOutputs(graph, computation))
}

/** Finds the automations of groups that have no asset. */
export function findAutomationProblems(
  graph: Graph,
  groupAutomation: GroupAutomation,
): readonly Problem[] {
  const groups = new Set(listAssets(graph).map(({ group }) => group))
  return Object.keys(groupAutomation).flatMap((group) =>
    groups.has(group)
      ? []
      : [
          {
            kind: "automation",
            message: `automation.${group} in freshet.config.ts names a group without assets.`,
            hint: formatSuggestion(group, [...groups]),
          },
        ],
  )
}

/** Formats an automation: `0 6 * * * UTC`, `on arrival`, `when stale`. */
export function formatAutomation(automation: Automation): string {
  switch (automation.kind) {
    case "cron":
      return `${automation.cron} ${automation.zone}`
    case "arrival":
      return "on arrival"
    case "stale":
      return "when stale"
    default:
      return unreachable(automation)
  }
}

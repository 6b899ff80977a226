import {
  changedChecksReason,
  type Evaluation,
  explain,
  formatBlocker,
  formatPartitions,
  type Plan,
} from "../src/engine.ts"

/** Formats a plan as lines: partitions with their reason, publications, then blocked partitions. */
export function listPlanLines(evaluation: Evaluation, plan: Plan): readonly string[] {
  const { graph } = evaluation
  const { checks, groups, publications, blocked } = explain(evaluation, plan)
  const formatName = (name: string, asset: string, ranges: (typeof groups)[number]["ranges"]) =>
    `${name} ${formatPartitions(graph, asset, ranges)}`.trim()
  return [
    ...checks.map(
      ({ asset, ranges }) =>
        `check ${formatName(asset.name, asset.name, ranges)}: ${changedChecksReason}`,
    ),
    ...groups.map(
      ({ computation: { name, outputs }, ranges, reason }) =>
        `${formatName(name, outputs[0]?.asset ?? "", ranges)}: ${reason}`,
    ),
    ...publications.map(
      ({ set, key, tables }) =>
        `publish ${set} ${key}: ${tables.map(({ asset }) => asset.name).join(", ")}`,
    ),
    ...blocked.map(
      ({ computation: { name, outputs }, ranges, blocker }) =>
        `${formatName(name, outputs[0]?.asset ?? "", ranges)}: ${blocker === undefined ? "blocked as well" : formatBlocker(blocker)}`,
    ),
  ]
}

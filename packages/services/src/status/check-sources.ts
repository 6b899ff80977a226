import type { SourceAsset } from "@freshet/core"
import {
  findLandedRange,
  formatCount,
  formatPartitionKey,
  formatQuantity,
} from "@freshet/core/engine"

import type { FindingDocument } from "../documents/diagnostics.ts"
import type { Project } from "../project.ts"

/** Counts the landed files of each source. */
export function checkSources(project: Project): readonly FindingDocument[] {
  return [...project.graph.assets.values()]
    .filter((asset) => asset.kind === "source")
    .map((source) => checkSource(project, source))
}

function checkSource({ evaluation }: Project, source: SourceAsset): FindingDocument {
  const subject = source.name
  const landed = evaluation.landing.get(source.name)
  const bounds = evaluation.bounds.get(source.name)
  const landedRange = bounds && findLandedRange(evaluation.landing, source.name, bounds)
  if (landed === undefined || landedRange === undefined)
    return {
      level: "warn",
      subject,
      message: "no file has landed",
      hint: `Files are expected at ${source.path}.`,
    }
  const formatKey = (index: number) => formatPartitionKey(source.partitions, index)
  const range =
    source.partitions.kind === "none"
      ? ""
      : `, ${formatKey(landedRange.from)} to ${formatKey(landedRange.to)}`
  const fileCount = [...landed.values()].reduce((sum, { files }) => sum + files.length, 0)
  return {
    level: "ok",
    subject,
    message: `${formatQuantity(fileCount, "file")}${range}`,
    hint: null,
  }
}

/** Counts the quarantined lines of each source. */
export async function checkQuarantine({ ledger }: Project): Promise<readonly FindingDocument[]> {
  return (await ledger.listQuarantinedLines()).map(({ source, quarantined, lines }) => ({
    level: "warn",
    subject: source,
    message: `${formatCount(quarantined)} of ${formatQuantity(lines, "line")} quarantined`,
    hint: `\`freshet data quarantine ${source}\` shows them.`,
  }))
}

import { formatBytes, formatCount, formatInstant, formatQuantity } from "@freshet/core/engine"
import type {
  EnvironmentDiffDocument,
  EnvironmentDocument,
  EnvironmentListDocument,
  PromotionDocument,
} from "@freshet/services"

import type { TerminalStyle } from "../terminal/terminal-style.ts"
import { nothingToPublish } from "./publish-preview.ts"
import { formatRun } from "./run.ts"
import { formatTable } from "./table.ts"

/** Formats the environments beside the default one, with the files that only they have. */
export function formatEnvironmentList(
  { environments }: EnvironmentListDocument,
  style: TerminalStyle,
): readonly string[] {
  if (environments.length === 0)
    return ["There is only the default environment. `freshet env create NAME` creates another one."]
  const columns = [
    { header: "environment" },
    { header: "created" },
    { header: "own files", align: "right" as const },
    { header: "size", align: "right" as const },
    { header: "schemas", shrinks: true },
  ]
  const rows = environments.map(
    ({ name, is_ready: isReady, created_at, files, bytes, schemas }) => [
      name,
      isReady ? formatInstant(Date.parse(created_at)) : "incomplete",
      String(files),
      formatBytes(bytes),
      schemas.join(", "),
    ],
  )
  return formatTable(columns, rows, style)
}

/** Formats an environment that was created. */
export function formatCreatedEnvironment({
  name,
  schemas,
}: EnvironmentDocument): readonly string[] {
  return [
    `The environment ${name} has the materializations of the default environment, and no file of its own.`,
    `Its ${formatQuantity(schemas.length, "schema")}: ${schemas.join(", ")}.`,
    `Run commands in it with --env ${name} or FRESHET_ENV=${name}; the first run publishes its tables.`,
  ]
}

/** Formats the partitions of each asset with other rows than in the default environment. */
export function formatEnvironmentDiff(
  { environment, assets }: EnvironmentDiffDocument,
  style: TerminalStyle,
): readonly string[] {
  if (assets.length === 0)
    return [`The rows of all assets in ${environment} are those of the default environment.`]
  const columns = [
    { header: "asset" },
    { header: "changed" },
    { header: "added" },
    { header: "removed" },
  ]
  const rows = assets.map(({ asset, changed, added, removed }) => [
    asset,
    ...[changed, added, removed].map(formatCountedPartitions),
  ])
  return formatTable(columns, rows, style)
}

/** Formats partitions and their number: `2026-01-05 to 2026-01-07 (3)`. */
function formatCountedPartitions({
  partitions_text: text,
  count,
}: EnvironmentDiffDocument["assets"][number]["changed"]): string {
  if (count === 0) return ""
  return count === 1 ? text : `${text} (${formatCount(count)})`
}

/** Formats the promoted partitions, those that stay stale, and the publication. */
export function formatPromotion(
  { environment, promoted, stale, run }: PromotionDocument,
  formatPath: (path: string) => string,
  style: TerminalStyle,
): readonly string[] {
  const count = promoted.reduce((sum, partitions) => sum + partitions.count, 0)
  return [
    count === 0
      ? `Nothing to promote: no partition is fresh in ${environment} and stale in the default environment.`
      : `Promoted ${formatQuantity(count, "partition")} of ${environment}; no step ran:`,
    ...promoted.map(formatPartitions),
    ...(stale.length === 0 ? [] : [`Stale in ${environment} too, so not promoted:`]),
    ...stale.map(formatPartitions),
    ...(run.publications.length === 0 ? [nothingToPublish] : formatRun(run, formatPath, style)),
  ]
}

function formatPartitions({
  asset,
  partitions_text: text,
}: PromotionDocument["promoted"][number]): string {
  return `  ${asset} ${text}`.trimEnd()
}

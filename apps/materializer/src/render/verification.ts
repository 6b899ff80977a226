import { formatCount, formatDuration, formatQuantity } from "@freshet/core/engine"
import type {
  RecomputationDocument,
  VerificationDocument,
  VerificationFindingDocument,
  WorkProgress,
} from "@freshet/services"

import { getSign, paint, type TerminalStyle } from "../terminal/terminal-style.ts"
import { formatProgressBar } from "./live-progress.ts"
import { formatAssetPartition } from "./set-partition.ts"
import { fitText } from "./table.ts"

type FormatPath = (location: string) => string

/** Formats a verification: a line for each finding with its remedy below, and a summary. */
export function formatVerification(
  document: VerificationDocument,
  formatPath: FormatPath,
  style: TerminalStyle,
): readonly string[] {
  return [
    ...document.findings.flatMap((finding) => formatFinding(finding, formatPath, style)),
    formatSummary(document, style),
  ]
}

/** Formats recomputed partitions: a line for each, and a summary. */
export function formatRecomputation(
  { asset, partitions }: RecomputationDocument,
  formatPath: FormatPath,
  style: TerminalStyle,
): readonly string[] {
  const sameCount = partitions.filter(({ outcome }) => outcome === "same").length
  return [
    ...partitions.flatMap(({ partition, finding }) =>
      finding === null
        ? [
            `${paint(style, "good", getSign(style, "same"))} ${formatAssetPartition(asset, partition)}: same rows`,
          ]
        : formatFinding(finding, formatPath, style),
    ),
    `${formatCount(sameCount)} of ${formatQuantity(partitions.length, "partition")} recomputed with the same rows; nothing was stored or published.`,
  ]
}

function formatFinding(
  { asset, partition, file, message, hint }: VerificationFindingDocument,
  formatPath: FormatPath,
  style: TerminalStyle,
): readonly string[] {
  const name = [asset, partition ?? ""].filter((part) => part !== "").join(" ")
  const text = [file === null ? "" : formatPath(file), message].filter((part) => part !== "")
  return [
    `${paint(style, "bad", getSign(style, "failed"))} ${name}: ${text.join(" ")}`,
    ...(hint === null ? [] : [`  ${hint}`]),
  ]
}

function formatSummary(document: VerificationDocument, style: TerminalStyle): string {
  const { findings, assets, partitions, recomputed, files, sample_percent, seed, ms } = document
  if (partitions === 0)
    return "Nothing to verify: no selected partition is fresh. `freshet status` shows the states."
  const isSample = sample_percent !== null
  const workText = isSample
    ? `${formatCount(recomputed)} of ${formatQuantity(partitions, "partition")} of ${formatQuantity(assets, "asset")} recomputed, ${formatQuantity(files, "file")} looked up`
    : `${formatQuantity(files, "file")} of ${formatQuantity(assets, "asset")} read`
  const sampleText = isSample ? `sample ${sample_percent}%, seed ${seed ?? ""}, ` : ""
  const [sign, tone, result] =
    findings.length === 0
      ? (["made", "good", "no differences"] as const)
      : (["failed", "bad", formatQuantity(findings.length, "difference")] as const)
  return `${paint(style, tone, `${getSign(style, sign)} ${workText}: ${result}`)} (${sampleText}${formatDuration(ms)}).`
}

/** Formats the line that is redrawn during a verification. */
export function formatVerificationProgress(
  title: string,
  { phase, done, total }: WorkProgress,
  elapsedMs: number,
  style: TerminalStyle,
): string {
  const share = total === 0 ? 1 : done / total
  const progressText = `${formatCount(done)}/${formatQuantity(total, "partition")}`
  const phaseText = phase === "files" ? "looking up files" : "recomputing"
  const text = `${title}  ${phaseText}  ${progressText}  ${formatProgressBar(share, style)}  ${formatDuration(elapsedMs)}`
  return style.columns === undefined ? text : fitText(text, style.columns, style)
}

import { formatCount, formatDuration, formatQuantity } from "@freshet/core/engine"
import type { VerificationProgress } from "@freshet/services"

import { type TerminalStyle, paint, getSign } from "../terminal/terminal-style.ts"
import { formatProgressBar } from "./live-progress-lines.ts"
import type { ReproducibilityFinding } from "./reproducibility-finding.ts"
import { fitText } from "./table.ts"

/** What `verify` found, and how it looked. */
export interface VerificationSummary {
  readonly findings: readonly ReproducibilityFinding[]
  readonly assets: number
  readonly partitions: number
  readonly recomputed: number
  readonly files: number
  /** Undefined when every file was read and nothing made again. */
  readonly sample: { readonly percent: number; readonly seed: number } | undefined
  readonly ms: number
}

/** One line a finding with what to do below, and a sentence over all. */
export function formatVerification(
  summary: VerificationSummary,
  style: TerminalStyle,
): readonly string[] {
  return [
    ...summary.findings.flatMap((finding) => formatFinding(finding, style)),
    formatSummary(summary, style),
  ]
}

/** What is wrong with one partition, and what to do. */
export function formatFinding(
  finding: ReproducibilityFinding,
  style: TerminalStyle,
): readonly string[] {
  const { asset, partition, message, hint } = finding
  const name = [asset, partition].filter((part) => part !== "").join(" ")
  return [
    `${paint(style, "bad", getSign(style, "failed"))} ${name}: ${message}`,
    ...(hint === undefined ? [] : [`  ${hint}`]),
  ]
}

function formatSummary(summary: VerificationSummary, style: TerminalStyle): string {
  const { findings, assets, partitions, recomputed, files, sample, ms } = summary
  if (partitions === 0)
    return "Nothing to verify: no partition of the selection is up to date. `freshet status` tells why."
  const workText =
    sample === undefined
      ? `${formatQuantity(files, "file")} of ${formatQuantity(assets, "asset")} read`
      : `${formatCount(recomputed)} of ${formatQuantity(partitions, "partition")} of ${formatQuantity(assets, "asset")} made again, ${formatQuantity(files, "file")} looked for`
  const sampleText = sample === undefined ? "" : `sample ${sample.percent}%, seed ${sample.seed}, `
  const [sign, tone, result] =
    findings.length === 0
      ? (["made", "good", "all as recorded"] as const)
      : (["failed", "bad", `${formatQuantity(findings.length, "thing")} not as recorded`] as const)
  return `${paint(style, tone, `${getSign(style, sign)} ${workText}: ${result}`)} (${sampleText}${formatDuration(ms)}).`
}

/** The line that is redrawn while partitions are made again. */
export function formatVerificationProgress(
  title: string,
  { phase, done, total }: VerificationProgress,
  elapsedMs: number,
  style: TerminalStyle,
): string {
  const share = total === 0 ? 1 : done / total
  const progressText = `${formatCount(done)}/${formatQuantity(total, "partition")}`
  const phaseText = phase === "files" ? "looking for files" : "making again"
  const text = `${title}  ${phaseText}  ${progressText}  ${formatProgressBar(share, style)}  ${formatDuration(elapsedMs)}`
  return style.columns === undefined ? text : fitText(text, style.columns, style)
}

import { formatCount, formatDuration, formatQuantity } from "@freshet/core/engine"
import type { ComputationProgress, RunningStep, RunProgress } from "@freshet/services"

import {
  type TerminalStyle,
  type Sign,
  type Tone,
  paint,
  getSign,
} from "../terminal/terminal-style.ts"
import { fitText } from "./table.ts"

const nameWidth = 24

/** Formats the lines that are redrawn during a run: its progress and its running steps. */
export function formatLiveProgress(
  title: string,
  progress: RunProgress,
  nowMs: number,
  style: TerminalStyle,
): readonly string[] {
  const { total, ended, running, publishing } = progress
  const share = total === 0 ? 1 : ended / total
  const elapsed = nowMs - progress.startedMs
  const remainingText =
    share > 0.1 && share < 1
      ? `, about ${formatDuration((elapsed / share) * (1 - share))} remaining`
      : ""
  const headline = `${title}  ${formatCount(ended)}/${formatQuantity(total, "step")}  ${formatPercent(share)}  ${formatDuration(elapsed)}${remainingText}`
  return [
    paint(style, "strong", fitLine(headline, style)),
    ...[...running.values()].map((step) => formatRunningStep(step, nowMs, style)),
    ...(publishing === undefined
      ? []
      : [
          fitLine(
            `${paint(style, "running", getSign(style, "running"))} publishing ${publishing}`,
            style,
          ),
        ]),
  ]
}

function formatPercent(share: number): string {
  return `${Math.floor(share * 100)}%`
}

function fitLine(line: string, style: TerminalStyle): string {
  return style.columns === undefined ? line : fitText(line, style.columns, style)
}

function formatRunningStep(step: RunningStep, nowMs: number, style: TerminalStyle): string {
  const name = `${step.name.padEnd(nameWidth)} ${formatKey(step.partition).padEnd(10)}`
  const text = `${name}  ${formatProgressBar(step.share, style)}  ${formatDuration(nowMs - step.startedMs)}`
  return `${paint(style, "running", getSign(style, "running"))} ${fitText(text, (style.columns ?? 80) - 2, style)}`
}

function formatKey(key: string): string {
  return key === "all" ? "" : key
}

/** Formats a bar of ten places. */
export function formatProgressBar(share: number, style: TerminalStyle): string {
  const [full, empty] = style.unicode ? ["█", "░"] : ["#", "."]
  const places = Math.round(Math.min(1, Math.max(0, share)) * 10)
  return full.repeat(places) + empty.repeat(10 - places)
}

/** Formats a computation whose steps have ended: `✓ mentions  7 days  12,345 rows  0.2 s`. */
export function formatComputation(
  name: string,
  progress: ComputationProgress,
  style: TerminalStyle,
): string {
  const [sign, tone] = chooseSign(progress)
  const pieces = [
    name.padEnd(nameWidth),
    formatPartitions(progress).padEnd(10),
    formatRowCount(progress).padStart(14),
    formatDuration(progress.ms).padStart(7),
    ...listNotes(progress),
  ]
  const text = pieces.join("  ").trimEnd()
  const line = style.columns === undefined ? text : fitText(text, style.columns - 2, style)
  return `${paint(style, tone, getSign(style, sign))} ${line}`
}

function chooseSign({ outcomes, planned }: ComputationProgress): readonly [Sign, Tone] {
  if ((outcomes.failed ?? 0) + (outcomes.checks_failed ?? 0) > 0) return ["failed", "bad"]
  if ((outcomes.skipped ?? 0) > 0) return ["skipped", "stale"]
  const unchangedCount = (outcomes.unchanged ?? 0) + (outcomes.reused ?? 0)
  return unchangedCount === planned ? ["same", "plain"] : ["made", "good"]
}

function formatPartitions({ planned, noun, singleKey }: ComputationProgress): string {
  return singleKey === undefined ? formatQuantity(planned, noun) : formatKey(singleKey)
}

function formatRowCount({ rows, outcomes, planned }: ComputationProgress): string {
  return outcomes.unchanged === planned ? "" : formatQuantity(rows, "row")
}

const outcomeWords = [
  ["unchanged", "unchanged"],
  ["reused", "reused"],
  ["checks_failed", "with failed checks"],
  ["failed", "failed"],
  ["skipped", "skipped"],
] as const

function listNotes({ outcomes, planned, quarantined, failedChecks }: ComputationProgress) {
  const outcomeTexts = outcomeWords.flatMap(([outcome, word]) => {
    const outcomeCount = outcomes[outcome] ?? 0
    if (outcomeCount === 0) return []
    return [outcomeCount === planned ? word : `${formatCount(outcomeCount)} ${word}`]
  })
  return [
    ...outcomeTexts,
    ...(quarantined > 0 ? [`${formatCount(quarantined)} quarantined`] : []),
    ...(failedChecks > 0 ? [`${formatQuantity(failedChecks, "check")} failed`] : []),
  ]
}

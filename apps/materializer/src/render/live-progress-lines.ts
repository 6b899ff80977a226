import { formatCount, formatDuration, formatQuantity } from "@freshet/core/engine"
import type { ComputationCounts, RunningStep, RunProgress } from "@freshet/services"

import {
  type TerminalStyle,
  type Sign,
  type Tone,
  paint,
  getSign,
} from "../terminal/terminal-style.ts"
import { fitText } from "./table.ts"

const nameWidth = 24

/** The lines that are redrawn while a run is under way: how far it is, and what runs now. */
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
      ? `, about ${formatDuration((elapsed / share) * (1 - share))} left`
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
  const name = `${step.computation.padEnd(nameWidth)} ${formatKey(step.key).padEnd(10)}`
  const text = `${name}  ${formatProgressBar(step.share, style)}  ${formatDuration(nowMs - step.startedMs)}`
  return `${paint(style, "running", getSign(style, "running"))} ${fitText(text, (style.columns ?? 80) - 2, style)}`
}

function formatKey(key: string): string {
  return key === "all" ? "" : key
}

/** A bar of ten places; empty where the engine cannot tell how far it is. */
export function formatProgressBar(share: number, style: TerminalStyle): string {
  const [full, empty] = style.unicode ? ["█", "░"] : ["#", "."]
  const places = Math.round(Math.min(1, Math.max(0, share)) * 10)
  return full.repeat(places) + empty.repeat(10 - places)
}

/** The line that stands once every step of a computation has ended: `✓ mentions  7 days  12,345 rows  0.2 s`. */
export function formatComputation(
  name: string,
  progress: ComputationCounts,
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

function chooseSign({ outcomes, planned }: ComputationCounts): readonly [Sign, Tone] {
  if ((outcomes.failed ?? 0) + (outcomes.checks_failed ?? 0) > 0) return ["failed", "bad"]
  if ((outcomes.skipped ?? 0) > 0) return ["skipped", "stale"]
  const unchangedCount = (outcomes.unchanged ?? 0) + (outcomes.reused ?? 0)
  return unchangedCount === planned ? ["same", "plain"] : ["made", "good"]
}

function formatPartitions({ planned, noun, singleKey }: ComputationCounts): string {
  return singleKey === undefined ? formatQuantity(planned, noun) : formatKey(singleKey)
}

function formatRowCount({ rows, outcomes, planned }: ComputationCounts): string {
  return outcomes.unchanged === planned ? "" : formatQuantity(rows, "row")
}

function listNotes({ outcomes, planned, quarantined, failedChecks }: ComputationCounts) {
  const outcomeTexts = (
    ["unchanged", "reused", "checks_failed", "failed", "skipped"] as const
  ).flatMap((kind) => {
    const outcomeCount = outcomes[kind] ?? 0
    return outcomeCount === 0
      ? []
      : [outcomeCount === planned ? kind : `${formatCount(outcomeCount)} ${kind}`]
  })
  return [
    ...outcomeTexts,
    ...(quarantined > 0 ? [`${formatCount(quarantined)} quarantined`] : []),
    ...(failedChecks > 0 ? [`${formatQuantity(failedChecks, "check")} failed`] : []),
  ]
}

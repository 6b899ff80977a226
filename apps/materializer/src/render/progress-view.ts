import { count, counted, duration } from "./amount.ts"
import { type Look, type Sign, type Tone, paint, sign } from "./look.ts"
import type { ComputationProgress, Progress, RunningStep } from "./progress.ts"
import { fitted } from "./table.ts"

const nameWidth = 24

/** The lines that are redrawn while a run is under way: how far it is, and what runs now. */
export function liveLines(
  title: string,
  progress: Progress,
  nowMs: number,
  look: Look,
): readonly string[] {
  const { total, ended, running, publishing } = progress
  const share = total === 0 ? 1 : ended / total
  const elapsed = nowMs - progress.startedMs
  const left =
    share > 0.1 && share < 1 ? `, about ${duration((elapsed / share) * (1 - share))} left` : ""
  const head = `${title}  ${count(ended)}/${counted(total, "step")}  ${percent(share)}  ${duration(elapsed)}${left}`
  return [
    paint(look, "strong", cut(head, look)),
    ...[...running.values()].map((step) => runningLine(step, nowMs, look)),
    ...(publishing === undefined
      ? []
      : [cut(`${paint(look, "running", sign(look, "running"))} publishing ${publishing}`, look)]),
  ]
}

function percent(share: number): string {
  return `${Math.floor(share * 100)}%`
}

function cut(line: string, look: Look): string {
  return look.columns === undefined ? line : fitted(line, look.columns, look)
}

function runningLine(step: RunningStep, nowMs: number, look: Look): string {
  const name = `${step.computation.padEnd(nameWidth)} ${keyText(step.key).padEnd(10)}`
  const text = `${name}  ${bar(step.share, look)}  ${duration(nowMs - step.startedMs)}`
  return `${paint(look, "running", sign(look, "running"))} ${fitted(text, (look.columns ?? 80) - 2, look)}`
}

function keyText(key: string): string {
  return key === "all" ? "" : key
}

/** A bar of ten places; empty where the engine cannot tell how far it is. */
export function bar(share: number, look: Look): string {
  const [full, empty] = look.unicode ? ["█", "░"] : ["#", "."]
  const places = Math.round(Math.min(1, Math.max(0, share)) * 10)
  return full.repeat(places) + empty.repeat(10 - places)
}

/** The line that stands once every step of a computation has ended: `✓ mentions  7 days  12,345 rows  0.2 s`. */
export function computationLine(name: string, progress: ComputationProgress, look: Look): string {
  const [mark, tone] = markOf(progress)
  const pieces = [
    name.padEnd(nameWidth),
    partitionsPiece(progress).padEnd(10),
    rowsPiece(progress).padStart(14),
    duration(progress.ms).padStart(7),
    ...notesOf(progress),
  ]
  const text = pieces.join("  ").trimEnd()
  const whole = look.columns === undefined ? text : fitted(text, look.columns - 2, look)
  return `${paint(look, tone, sign(look, mark))} ${whole}`
}

function markOf({ outcomes, planned }: ComputationProgress): readonly [Sign, Tone] {
  if ((outcomes.failed ?? 0) + (outcomes.refused ?? 0) > 0) return ["failed", "bad"]
  if ((outcomes.skipped ?? 0) > 0) return ["skipped", "stale"]
  const same = (outcomes.unchanged ?? 0) + (outcomes.reused ?? 0)
  return same === planned ? ["same", "plain"] : ["made", "good"]
}

function partitionsPiece({ planned, noun, only }: ComputationProgress): string {
  return only === undefined ? counted(planned, noun) : keyText(only)
}

function rowsPiece({ rows, outcomes, planned }: ComputationProgress): string {
  return outcomes.unchanged === planned ? "" : counted(rows, "row")
}

function notesOf({ outcomes, planned, quarantined, failedChecks }: ComputationProgress) {
  const parts = (["unchanged", "reused", "refused", "failed", "skipped"] as const).flatMap(
    (kind) => {
      const many = outcomes[kind] ?? 0
      return many === 0 ? [] : [many === planned ? kind : `${count(many)} ${kind}`]
    },
  )
  return [
    ...parts,
    ...(quarantined > 0 ? [`${count(quarantined)} quarantined`] : []),
    ...(failedChecks > 0 ? [`${counted(failedChecks, "check")} failed`] : []),
  ]
}

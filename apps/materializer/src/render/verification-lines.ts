import type { VerificationProgress } from "../project/verification.ts"
import { count, counted, duration } from "./amount.ts"
import { type Look, paint, sign } from "./look.ts"
import { bar } from "./progress-view.ts"
import type { RemadeText } from "./remade-text.ts"
import { fitted } from "./table.ts"

/** What `verify` found, and how it looked. */
export interface VerificationView {
  readonly findings: readonly RemadeText[]
  readonly assets: number
  readonly partitions: number
  readonly remade: number
  readonly files: number
  /** Undefined when every file was read and nothing made again. */
  readonly sample: { readonly percent: number; readonly seed: number } | undefined
  readonly ms: number
}

/** One line a finding with what to do below, and a sentence over all. */
export function verificationLines(view: VerificationView, look: Look): readonly string[] {
  return [...view.findings.flatMap((finding) => findingLines(finding, look)), sentence(view, look)]
}

/** What is wrong with one partition, and what to do. */
export function findingLines(finding: RemadeText, look: Look): readonly string[] {
  const { asset, partition, message, hint } = finding
  const name = [asset, partition].filter((part) => part !== "").join(" ")
  return [
    `${paint(look, "bad", sign(look, "failed"))} ${name}: ${message}`,
    ...(hint === undefined ? [] : [`  ${hint}`]),
  ]
}

function sentence(view: VerificationView, look: Look): string {
  const { findings, assets, partitions, remade, files, sample, ms } = view
  if (partitions === 0)
    return "Nothing to verify: no partition of the selection is up to date. `freshet status` tells why."
  const what =
    sample === undefined
      ? `${counted(files, "file")} of ${counted(assets, "asset")} read`
      : `${count(remade)} of ${counted(partitions, "partition")} of ${counted(assets, "asset")} made again, ${counted(files, "file")} looked for`
  const how = sample === undefined ? "" : `sample ${sample.percent}%, seed ${sample.seed}, `
  const [mark, tone, result] =
    findings.length === 0
      ? (["made", "good", "all as recorded"] as const)
      : (["failed", "bad", `${counted(findings.length, "thing")} not as recorded`] as const)
  return `${paint(look, tone, `${sign(look, mark)} ${what}: ${result}`)} (${how}${duration(ms)}).`
}

/** The line that is redrawn while partitions are made again. */
export function verificationProgressLine(
  title: string,
  { phase, done, total }: VerificationProgress,
  elapsedMs: number,
  look: Look,
): string {
  const share = total === 0 ? 1 : done / total
  const of = `${count(done)}/${counted(total, "partition")}`
  const doing = phase === "files" ? "looking for files" : "making again"
  const text = `${title}  ${doing}  ${of}  ${bar(share, look)}  ${duration(elapsedMs)}`
  return look.columns === undefined ? text : fitted(text, look.columns, look)
}

import {
  type Asset,
  partitionCount,
  partitionKey,
  partitionsIn,
  ProblemsError,
  type RowsChange,
} from "@freshet/core"

import type { Remade, Remaking } from "../project/remaking.ts"
import { count, counted } from "../render/amount.ts"
import { type Look, paint, sign } from "../render/look.ts"
import { remadeText, type RemadeText } from "../render/remade-text.ts"
import { findingLines, verificationProgressLine } from "../render/verification-lines.ts"
import type { BackfillFlags } from "./backfill.ts"
import { type CommandLine, printJson, printLines } from "./command-line.ts"
import { exitCodes } from "./exit-code.ts"
import { withProgressLine } from "./progress-line.ts"
import { namedAsset } from "./select.ts"
import { sourceProblem, usage } from "./target-problems.ts"
import { targetsOf } from "./targets.ts"
import { pathsOf } from "./verify.ts"

/** One partition, and what came of making it again. */
interface Again {
  readonly key: string
  readonly remade: Remade
  /** Undefined for the same rows. */
  readonly text: RemadeText | undefined
}

/** Makes partitions again from exactly what their recorded materializations read, says whether they came out the same, and keeps nothing. */
export async function backfillRecorded(
  cli: CommandLine,
  flags: BackfillFlags,
  name: string,
): Promise<number> {
  refuseMeaningless(flags)
  const config = await cli.loadConfig()
  cli.interruption.watch("Stopping.")
  return cli.world.withRemaking(config, cli.interruption.signal, async (remaking) => {
    const { project } = remaking
    const asset = namedAsset(project, name)
    if (asset.kind === "source") throw usage(sourceProblem([asset]))
    const all = await remakeAll(cli, flags, remaking, asset)
    await (flags.json
      ? printJson(cli.out, recordedDocument(asset, all))
      : printLines(cli.out, recordedLines(asset, all, cli.out.look)))
    const isSame = all.every(({ remade }) => remade.kind === "same")
    return isSame ? exitCodes.done : exitCodes.differs
  })
}

/** Nothing is planned, made or published, so whatever is about that means nothing. */
function refuseMeaningless({ only, downstream, dryRun, jsonl, save }: BackfillFlags): void {
  const given = [
    only === undefined ? [] : ["--only"],
    downstream ? ["--downstream"] : [],
    dryRun ? ["--dry-run"] : [],
    save === undefined ? [] : ["--save"],
    jsonl ? ["--jsonl"] : [],
    save === undefined ? [] : ["--save"],
  ].flat()
  if (given.length === 0) return
  throw new ProblemsError("usage", [
    {
      kind: "usage",
      message: `With --inputs recorded ${given.join(" and ")} ${given.length === 1 ? "means" : "mean"} nothing: partitions are made again, compared and thrown away.`,
      hint: "Leave it away, or leave --inputs away to make what is not up to date.",
    },
  ])
}

async function remakeAll(
  cli: CommandLine,
  flags: BackfillFlags,
  { project, remake }: Remaking,
  asset: Asset,
): Promise<readonly Again[]> {
  const { graph, config } = project
  const { computation, partitions } = asset
  const ranges = targetsOf(project, [asset.name], flags).get(asset.name) ?? []
  const total = partitionCount(ranges)
  const startedMs = cli.nowMs()
  const all: Again[] = []
  const line = (done: number, columns: number | undefined) => {
    const look = { ...cli.err.look, columns }
    const progress = { phase: "partitions", done, total } as const
    return verificationProgressLine(asset.name, progress, cli.nowMs() - startedMs, look)
  }
  return withProgressLine(cli, line, async (show) => {
    for (const partition of partitionsIn(ranges)) {
      show(all.length)
      const remade = await remake(computation, partition)
      const place = { graph, computation, partition, ...pathsOf(cli, config) }
      const text = remade.kind === "same" ? undefined : remadeText(remade, place)
      all.push({ key: partitionKey(partitions, partition), remade, text })
    }
    return all
  })
}

function recordedLines(asset: Asset, all: readonly Again[], look: Look): readonly string[] {
  const same = all.filter(({ remade }) => remade.kind === "same")
  const isCut = asset.partitions.kind !== "none"
  return [
    ...all.flatMap(({ key, text }) =>
      text === undefined
        ? [
            `${paint(look, "good", sign(look, "same"))} ${asset.name}${isCut ? ` ${key}` : ""}: the same rows`,
          ]
        : findingLines(text, look),
    ),
    `${count(same.length)} of ${counted(all.length, "partition")} came out the same from the recorded inputs; nothing was kept or published.`,
  ]
}

function recordedDocument({ name }: Asset, all: readonly Again[]): object {
  return {
    asset: name,
    inputs: "recorded",
    partitions: all.map(({ key, remade, text }) => {
      const rows = rowsOf(remade)
      return {
        partition: key,
        outcome: remade.kind,
        at_fault: text === undefined ? null : { asset: text.asset, partition: text.partition },
        message: text?.message ?? null,
        hint: text?.hint ?? null,
        rows_recorded: rows?.recorded ?? null,
        rows_found: rows?.found ?? null,
      }
    }),
  }
}

function rowsOf(remade: Remade): RowsChange | undefined {
  return remade.kind === "different" || remade.kind === "code_changed" ? remade.rows : undefined
}

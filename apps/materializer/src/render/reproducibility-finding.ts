import {
  type Computation,
  formatCount,
  formatPartitionKey,
  formatQuantity,
  type Graph,
  type RowsChange,
  unreachable,
} from "@freshet/core/engine"
import { formatPartitionFlag, type RecomputeResult } from "@freshet/services"

/** What is other than recorded, in words: whose fault it is, what it is, and what to do. */
export interface ReproducibilityFinding {
  /** The asset or source at fault, and its partition's key; empty for one that is not partitioned. */
  readonly asset: string
  readonly partition: string
  readonly message: string
  readonly hint: string | undefined
}

/** Which partition was to be made again, and the way from keys of the lake and paths of the landing zone to paths. */
export interface RecomputationContext {
  readonly graph: Graph
  readonly computation: Computation
  readonly partition: number
  readonly lakePath: (key: string) => string
  readonly landedPath: (path: string) => string
}

type ReproducibilityMismatch = Exclude<RecomputeResult, { kind: "same" }>

/** Says in words what came of a partition that did not come out as recorded. */
export function describeMismatch(
  mismatch: ReproducibilityMismatch,
  context: RecomputationContext,
): ReproducibilityFinding {
  const { graph, computation, partition } = context
  const locatePartition = (asset: string, index: number | undefined = partition) => ({
    asset,
    partition: index === undefined ? "" : formatKey(graph, asset, index),
  })
  const recomputedPartition = locatePartition(computation.outputs[0]?.asset ?? computation.name)
  switch (mismatch.kind) {
    case "different":
      return {
        ...locatePartition(mismatch.asset),
        message: `is not deterministic: the same code and inputs give ${formatRowsChange(mismatch.rows)}`,
        hint: suggestCauses(computation),
      }
    case "version_forgotten":
      return {
        ...locatePartition(mismatch.asset),
        message: `was computed by other code of the same \`version\`: the current code gives ${formatRowsChange(mismatch.rows)}`,
        hint: "Change its `version`, so that its partitions are rebuilt.",
      }
    case "code_changed":
      return {
        ...locatePartition(mismatch.asset),
        message: `today's code gives ${formatRowsChange(mismatch.rows)}`,
        hint: undefined,
      }
    case "file_changed":
      return {
        ...locatePartition(mismatch.asset, mismatch.partition),
        message: `${context.lakePath(mismatch.file)} does not hold the rows that were recorded`,
        hint: `Remove that file and run \`${formatMaterializeCommand(graph, mismatch.asset, mismatch.partition)}\`: the rows are made anew.`,
      }
    case "file_gone":
      return {
        ...locatePartition(mismatch.asset, mismatch.partition),
        message: `${context.lakePath(mismatch.file)} is gone`,
        hint: `\`${formatMaterializeCommand(graph, mismatch.asset, mismatch.partition)}\` makes it anew.`,
      }
    case "landed_changed":
      return {
        asset: mismatch.source,
        partition: "",
        message: `${context.landedPath(mismatch.path)} holds other bytes than when it was read, though nothing but its content tells`,
        hint: "Land the right file again, under the same name: what reads it is judged anew.",
      }
    case "inputs_gone":
      return { ...recomputedPartition, ...describeMissingInput(mismatch, graph) }
    case "never_made":
      return { ...recomputedPartition, message: "was never made", hint: undefined }
    case "failed":
      return {
        ...recomputedPartition,
        message: `cannot be made again: ${mismatch.message}`,
        hint: mismatch.hint,
      }
    case "replaced":
      return {
        ...recomputedPartition,
        message: "was made anew meanwhile",
        hint: "Run the command again to look at what is there now.",
      }
    default:
      return unreachable(mismatch)
  }
}

function describeMissingInput(
  { asset, partition }: Extract<ReproducibilityMismatch, { kind: "inputs_gone" }>,
  graph: Graph,
) {
  if (partition === undefined)
    return {
      message: `cannot be made again: today's code reads \`${asset}\`, which was not read then`,
      hint: "Nothing says which version of it would have been read.",
    }
  const input = graph.assets.get(asset)
  const name = `\`${asset}\` ${formatKey(graph, asset, partition)}`.trimEnd()
  if (input?.kind === "source")
    return {
      message: `cannot be made again: the file of ${name} is not the one that was read`,
      hint: "A landed file that was replaced is not kept.",
    }
  return {
    message: `cannot be made again: ${name} as it was then is not kept any more`,
    hint: `\`${asset}\` keeps what was replaced for as long as its \`retention\` says; \`freshet forget\` forgets at once.`,
  }
}

/** How many rows came out instead of those recorded. */
function formatRowsChange({ recordedRows, recomputedRows }: RowsChange): string {
  if (recordedRows === recomputedRows)
    return `other values in as many rows (${formatCount(recomputedRows)})`
  return `${formatQuantity(recomputedRows, "row")} where ${formatCount(recordedRows)} ${recordedRows === 1 ? "was" : "were"} recorded`
}

function suggestCauses({ kind, name }: Computation): string {
  return kind === "sql"
    ? `Look for random(), the clock, a limit or a window whose order has ties, and sums of floats; \`freshet show ${name}\` prints the query.`
    : "Its code may depend on nothing but the rows that it reads: no clock, no dice, no network, nothing that an earlier call left."
}

/** The command that makes a partition. */
function formatMaterializeCommand(graph: Graph, name: string, partition: number): string {
  const asset = graph.assets.get(name)
  if (asset === undefined || asset.partitions.kind === "none") return `freshet materialize ${name}`
  const key = formatPartitionKey(asset.partitions, partition)
  return `freshet backfill ${name} ${formatPartitionFlag(asset.partitions, key)}`
}

/** A partition's key; empty for an asset that is not partitioned. */
function formatKey(graph: Graph, name: string, partition: number): string {
  const asset = graph.assets.get(name)
  if (asset === undefined || asset.partitions.kind === "none") return ""
  return formatPartitionKey(asset.partitions, partition)
}

import {
  type Computation,
  type Graph,
  partitionKey,
  type RowsChange,
  unreachable,
} from "@freshet/core"

import { namingFlags } from "../commands/command-text.ts"
import type { Remade } from "../project/remaking.ts"
import { count, counted } from "./amount.ts"

/** What is other than recorded, in words: whose fault it is, what it is, and what to do. */
export interface RemadeText {
  /** The asset or source at fault, and its partition's key; empty for one that is not partitioned. */
  readonly asset: string
  readonly partition: string
  readonly message: string
  readonly hint: string | undefined
}

/** Which partition was to be made again, and the way from keys of the lake and paths of the landing zone to paths. */
export interface RemadePlace {
  readonly graph: Graph
  readonly computation: Computation
  readonly partition: number
  readonly lakePath: (key: string) => string
  readonly landedPath: (path: string) => string
}

type Told = Exclude<Remade, { kind: "same" }>

/** Says in words what came of a partition that did not come out as recorded. */
export function remadeText(remade: Told, place: RemadePlace): RemadeText {
  const { graph, computation, partition } = place
  const of = (asset: string, index: number | undefined = partition) => ({
    asset,
    partition: index === undefined ? "" : keyOf(graph, asset, index),
  })
  const own = of(computation.outputs[0]?.asset ?? computation.name)
  switch (remade.kind) {
    case "different":
      return {
        ...of(remade.asset),
        message: `is not deterministic: the same code and inputs give ${rowsText(remade.rows)}`,
        hint: causesOf(computation),
      }
    case "code_changed":
      return {
        ...of(remade.asset),
        message: `today's code gives ${rowsText(remade.rows)}`,
        hint: undefined,
      }
    case "file_changed":
      return {
        ...of(remade.asset, remade.partition),
        message: `${place.lakePath(remade.file)} does not hold the rows that were recorded`,
        hint: `Remove that file and run \`${mending(graph, remade.asset, remade.partition)}\`: the rows are made anew.`,
      }
    case "file_gone":
      return {
        ...of(remade.asset, remade.partition),
        message: `${place.lakePath(remade.file)} is gone`,
        hint: `\`${mending(graph, remade.asset, remade.partition)}\` makes it anew.`,
      }
    case "landed_changed":
      return {
        asset: remade.source,
        partition: "",
        message: `${place.landedPath(remade.path)} holds other bytes than when it was read, though nothing but its content tells`,
        hint: "Land the right file again, under the same name: what reads it is judged anew.",
      }
    case "inputs_gone":
      return { ...own, ...inputsGone(remade, graph) }
    case "never_made":
      return { ...own, message: "was never made", hint: undefined }
    case "failed":
      return { ...own, message: `cannot be made again: ${remade.message}`, hint: remade.hint }
    case "replaced":
      return {
        ...own,
        message: "was made anew meanwhile",
        hint: "Run the command again to look at what is there now.",
      }
    default:
      return unreachable(remade)
  }
}

function inputsGone({ asset, partition }: Extract<Told, { kind: "inputs_gone" }>, graph: Graph) {
  if (partition === undefined)
    return {
      message: `cannot be made again: today's code reads \`${asset}\`, which was not read then`,
      hint: "Nothing says which version of it would have been read.",
    }
  const found = graph.assets.get(asset)
  const name = `\`${asset}\` ${keyOf(graph, asset, partition)}`.trimEnd()
  if (found?.kind === "source")
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
function rowsText({ recorded, found }: RowsChange): string {
  if (recorded === found) return `other values in as many rows (${count(found)})`
  return `${counted(found, "row")} where ${count(recorded)} ${recorded === 1 ? "was" : "were"} recorded`
}

function causesOf({ kind, name }: Computation): string {
  return kind === "sql"
    ? `Look for random(), the clock, a limit or a window whose order has ties, and sums of floats; \`freshet show ${name}\` prints the query.`
    : "Its code may depend on nothing but the rows that it reads: no clock, no dice, no network, nothing that an earlier call left."
}

/** The command that makes a partition. */
function mending(graph: Graph, name: string, partition: number): string {
  const asset = graph.assets.get(name)
  if (asset === undefined || asset.partitions.kind === "none") return `freshet materialize ${name}`
  const key = partitionKey(asset.partitions, partition)
  return `freshet backfill ${name} ${namingFlags(asset.partitions, key)}`
}

/** A partition's key; empty for an asset that is not partitioned. */
function keyOf(graph: Graph, name: string, partition: number): string {
  const asset = graph.assets.get(name)
  if (asset === undefined || asset.partitions.kind === "none") return ""
  return partitionKey(asset.partitions, partition)
}

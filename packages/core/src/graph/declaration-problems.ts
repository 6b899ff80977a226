import type { AnyAsset, Asset, Computation, Check, Read } from "../declare/declaration.ts"
import { isTimed } from "../declare/partition.ts"
import { formatRelationName } from "../declare/read.ts"
import { listReads } from "../declare/sql.ts"
import type { Problem } from "../problem.ts"
import { formatSuggestion } from "../suggest.ts"
import { findExecutionProblems } from "./execution-problems.ts"
import { findMissingOptions } from "./missing-options.ts"
import { findPartitionProblems, findReadProblems } from "./read-problems.ts"
import { selectionKeywords } from "./selection-keywords.ts"
import { findSourceProblems } from "./source-problems.ts"
import { findStreamProblems } from "./stream-problems.ts"

/** Finds all problems of some declarations, of each one and of all together. */
export function findDeclarationProblems(declared: readonly AnyAsset[]): readonly Problem[] {
  const missingOptions = findMissingOptions(declared)
  if (missingOptions.length > 0) return missingOptions
  const byName = new Map(declared.map((asset) => [asset.name, asset]))
  return [
    ...findDuplicateNames(declared),
    ...declared.flatMap(findNameProblems),
    ...findReservedNames(declared),
    ...findPreviousNameProblems(declared),
    ...findComputationProblems(declared, byName),
    ...declared.flatMap((asset) =>
      asset.kind === "source"
        ? findSourceProblems(asset)
        : [
            ...findReadProblems(asset, byName),
            ...findCheckProblems(asset, byName),
            ...findKeepProblems(asset),
          ],
    ),
    ...findStreamProblems(declared),
    ...findSharedTables(declared),
    ...findSetProblems(declared),
  ]
}

function findDuplicateNames(declared: readonly AnyAsset[]): Problem[] {
  const names = new Set<string>()
  const duplicates = declared.filter(({ name }) => names.size === names.add(name).size)
  return duplicates.map(({ name }) => ({
    kind: "duplicate_name",
    asset: name,
    message: `Two assets are named \`${name}\`.`,
    hint: "Names are unique across groups: rename one of them.",
  }))
}

function findNameProblems(asset: AnyAsset): Problem[] {
  const names = [asset.name, ...Object.keys(asset.columns)]
  const bad = names.filter((name) => !/^[a-z][a-z0-9_]{0,62}$/.test(name))
  const misnamed = bad.map((name) => ({
    kind: "bad_name",
    asset: asset.name,
    message: `\`${name}\` in \`${asset.name}\` is not a valid name of an asset or a column.`,
    hint: "Use snake_case: a lower-case letter, then lower-case letters, digits and _, at most 63 characters.",
  }))
  if (Object.keys(asset.columns).length > 0) return misnamed
  const message = `\`${asset.name}\` has no columns.`
  return [...misnamed, { kind: "no_columns", asset: asset.name, message }]
}

/** Finds assets and computations that no selection could name. */
function findReservedNames(declared: readonly AnyAsset[]): Problem[] {
  const names = new Set(
    declared.flatMap((asset) =>
      asset.kind === "asset" ? [asset.name, asset.computation.name] : [asset.name],
    ),
  )
  return [...names]
    .filter((name) => selectionKeywords.has(name))
    .map((name) => ({
      kind: "reserved_name",
      asset: name,
      message: `\`${name}\` is a word of the selection grammar and cannot be the name of an asset.`,
      hint: "Choose another name: and, or, not combine names in a selection.",
    }))
}

/** The history of an asset continues in only one asset. Another asset may have the previous name. */
function findPreviousNameProblems(declared: readonly AnyAsset[]): Problem[] {
  const successors = new Map<string, string>()
  const toProblems = (asset: string, message: string, hint: string): Problem[] => [
    { kind: "previous_name", asset, message, hint },
  ]
  return declared.flatMap((asset) =>
    asset.previousNames.flatMap((previousName) => {
      const { name } = asset
      const successor = successors.get(previousName)
      successors.set(previousName, name)
      if (previousName === name)
        return toProblems(
          name,
          `\`${name}\` has its own name among its previous names.`,
          "Remove the name from previousNames.",
        )
      if (isSibling(asset, previousName))
        return toProblems(
          name,
          `\`${name}\` has the name of \`${previousName}\`, an output of the same computation, among its previous names.`,
          "Outputs of one computation cannot exchange names: let the computation exchange their rows.",
        )
      if (successor === undefined) return []
      return toProblems(
        name,
        `\`${successor}\` and \`${name}\` both have the previous name \`${previousName}\`.`,
        "The history of an asset continues in one asset: remove the name from the other's previousNames.",
      )
    }),
  )
}

/** Tests whether a name is that of another output of the same computation. Such outputs have equal input versions, so that a record fits each of them. */
function isSibling(asset: AnyAsset, name: string): boolean {
  return asset.kind === "asset" && asset.computation.outputs.some((output) => output.asset === name)
}

function findComputationProblems(
  declared: readonly AnyAsset[],
  byName: ReadonlyMap<string, AnyAsset>,
): Problem[] {
  const computations = new Set(declared.flatMap((a) => (a.kind === "asset" ? [a.computation] : [])))
  const byComputationName = new Map<string, Computation>()
  return [...computations].flatMap((computation) => {
    const other = byComputationName.get(computation.name)
    byComputationName.set(computation.name, computation)
    return [
      ...(other === undefined ? [] : findDuplicateComputation(computation, other)),
      ...findAmbiguousRelations(computation),
      ...findMissingOutputs(computation, byName),
      ...findExecutionProblems(computation),
    ]
  })
}

function findDuplicateComputation({ name, outputs }: Computation, other: Computation): Problem[] {
  const [otherOutputs, ownOutputs] = [other, { outputs }].map((computation) =>
    computation.outputs.map((o) => o.asset),
  )
  if (ownOutputs?.join() === otherOutputs?.join()) return [] // two assets of one name, which is reported already
  return [
    {
      kind: "duplicate_computation",
      message: `Two computations are named \`${name}\`: one materializes ${otherOutputs?.join(", ")}, the other ${ownOutputs?.join(", ")}.`,
      hint: "The computation of a single asset has the asset's name: rename one of them.",
    },
  ]
}

/** Finds reads with one relation name but two meanings: two rules for short windows, or two declarations of the asset. */
function findAmbiguousRelations(computation: Computation): Problem[] {
  const reads = listAllReads(computation)
  if (computation.kind === "sql" && reads.length === computation.reads.length) return [] // each relation once
  const readsByRelation = new Map<string, Read>()
  const problems: Problem[] = []
  for (const read of reads) {
    const name = formatRelationName(read)
    const first = readsByRelation.get(name) ?? read
    readsByRelation.set(name, first)
    if (first.asset === read.asset && getShortWindowRule(first) === getShortWindowRule(read))
      continue
    const [asset] = computation.outputs
    problems.push({
      kind: "same_relation",
      ...(asset && { asset: asset.asset }),
      message: `\`${computation.name}\` reads \`${name}\` twice with different meanings.`,
      hint: "Use one declaration of the asset and one rule for short windows.",
    })
  }
  return problems
}

function listAllReads(computation: Computation): readonly Read[] {
  if (computation.kind === "code") return computation.reads
  const reads: Read[] = []
  for (const query of [computation.shared, ...computation.outputs.map((output) => output.query)])
    for (const part of query?.parts ?? []) if (part.kind === "read") reads.push(part.read)
  return reads
}

function getShortWindowRule({ window }: Read): string {
  return window.kind === "offsets" ? window.onShortWindow : ""
}

function findCheckProblems(asset: Asset, byName: ReadonlyMap<string, AnyAsset>): Problem[] {
  const names = new Set<string>()
  return asset.checks.flatMap((check) => {
    const isDuplicate = names.size === names.add(check.name).size
    const duplicate: Problem = {
      kind: "duplicate_check",
      asset: asset.name,
      message: `Two checks of \`${asset.name}\` are named \`${check.name}\`.`,
    }
    return [
      ...(isDuplicate ? [duplicate] : []),
      ...findUnknownColumns(asset, check),
      ...findCheckReadProblems(asset, check, byName),
    ]
  })
}

function findUnknownColumns(asset: Asset, check: Check): Problem[] {
  if (check.rule.kind !== "unique" && check.rule.kind !== "not_null") return []
  const unknown = check.rule.columns.filter((name) => !(name in asset.columns))
  return unknown.map((name) => ({
    kind: "check_column",
    asset: asset.name,
    message: `The check \`${check.name}\` of \`${asset.name}\` names the column \`${name}\`, which does not exist.`,
    hint: formatSuggestion(name, Object.keys(asset.columns)),
  }))
}

function findCheckReadProblems(
  asset: Asset,
  check: Check,
  byName: ReadonlyMap<string, AnyAsset>,
): Problem[] {
  if (check.rule.kind !== "no_rows") return []
  return listReads(check.rule.query).flatMap((read) => {
    const isKnown =
      read.asset === undefined
        ? read.window.kind === "same"
        : isUpstream(read.asset.name, asset, byName)
    if (read.asLanded === true && !hasRead(asset, read))
      return [toAsLandedProblem(asset, check, read)]
    return isKnown ? findPartitionProblems(asset, read) : [toCheckReadProblem(asset, check, read)]
  })
}

function toCheckReadProblem({ name }: Asset, check: Check, read: Read): Problem {
  return {
    kind: "check_read",
    asset: name,
    message: `The check \`${check.name}\` of \`${name}\` reads \`${formatRelationName(read)}\`, which is not upstream of it.`,
    hint: "A check reads its own partition and upstream assets: move it to the downstream asset.",
  }
}

function hasRead({ computation }: Asset, read: Read): boolean {
  const relation = formatRelationName(read)
  return computation.reads.some((candidate) => formatRelationName(candidate) === relation)
}

function toAsLandedProblem({ name }: Asset, check: Check, read: Read): Problem {
  return {
    kind: "as_landed",
    asset: name,
    message: `The check \`${check.name}\` of \`${name}\` reads \`${formatRelationName(read)}\`, which \`${name}\` does not read.`,
    hint: "A check can read as landed only what its asset reads as landed.",
  }
}

/** Tests whether an asset is upstream of another one, directly or not, or an output of the same computation. */
function isUpstream(
  name: string,
  downstream: Asset,
  byName: ReadonlyMap<string, AnyAsset>,
): boolean {
  if (downstream.computation.outputs.some((output) => output.asset === name)) return true
  const visited = new Set<AnyAsset>([downstream])
  for (const asset of visited) {
    if (asset.kind === "source") continue
    for (const { asset: read } of asset.computation.reads) {
      if (read?.name === name) return true
      if (read !== undefined) visited.add(byName.get(read.name) ?? read)
    }
  }
  return false
}

function findMissingOutputs(
  computation: Computation,
  byName: ReadonlyMap<string, AnyAsset>,
): Problem[] {
  const absent = computation.outputs.filter((output) => !byName.has(output.asset))
  return absent.map((output) => ({
    kind: "missing_output",
    asset: output.asset,
    message: `\`${computation.name}\` has the output \`${output.asset}\`, which is not in the definitions.`,
    hint: "Add all outputs of a computation to the definitions.",
  }))
}

function findSharedTables(declared: readonly AnyAsset[]): Problem[] {
  const published = declared.filter(
    (asset) => asset.kind === "asset" && asset.publish !== undefined,
  )
  const tables = new Map<object, string>()
  return published.flatMap((asset) => {
    const table = asset.kind === "asset" ? asset.publish?.table : undefined
    if (table === undefined) return []
    const other = tables.get(table)
    tables.set(table, asset.name)
    if (other === undefined) return []
    const message = `\`${asset.name}\` and \`${other}\` are published to the same table.`
    return [{ kind: "shared_table", asset: asset.name, message, hint: "Give each its own table." }]
  })
}

/** A table contains the newest partition only of time, and several partitions only of an asset that has several. */
function findKeepProblems({ name, partitions, publish }: Asset): Problem[] {
  if (publish === undefined) return []
  const { keep } = publish
  if (partitions.kind === "static" && keep.kind !== "partitions")
    return [
      {
        kind: "publish_keep",
        asset: name,
        message: `\`${name}\` is partitioned by key, and keys have no order: its table cannot keep the ${keep.kind === "latest" ? "latest" : "last ones"}.`,
        hint: 'Publish all keys: keep: "partitions", with a partitionColumn for the key.',
      },
    ]
  if (partitions.kind !== "none" || keep.kind === "latest") return []
  const message = `\`${name}\` is not partitioned: its table cannot keep several partitions.`
  return [
    { kind: "publish_keep", asset: name, message, hint: "Leave out keep and partitionColumn." },
  ]
}

/** The tables of a set show one partition, so their assets need equal partitions. */
function findSetProblems(declared: readonly AnyAsset[]): Problem[] {
  const first = new Map<string, Asset>()
  return declared.flatMap((asset) => {
    if (asset.kind === "source" || asset.publish === undefined) return []
    const { set } = asset.publish
    const other = first.get(set) ?? asset
    first.set(set, other)
    if (formatPartitioning(other) === formatPartitioning(asset)) return []
    const message = `\`${asset.name}\` and \`${other.name}\` of the publication set \`${set}\` have different partitions.`
    const hint = "All tables of a set show one partition: split it into two sets."
    return [{ kind: "set_granularity", asset: asset.name, message, hint }]
  })
}

function formatPartitioning({ partitions }: Asset): string {
  if (isTimed(partitions)) return `${partitions.kind} ${partitions.zone}`
  return partitions.kind === "static" ? JSON.stringify(partitions.keys) : partitions.kind
}

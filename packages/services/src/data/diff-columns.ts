import type { AnyAsset, Columns } from "@freshet/core"
import { formatSuggestion, type Problem, ProblemsError } from "@freshet/core/engine"
import { readFileColumns } from "@freshet/io"

import type { DiffColumnDocument } from "../documents/diff.ts"
import type { Project } from "../project.ts"
import type { DiffSide } from "./diff-sides.ts"

/** A column of the comparison. */
export type DiffColumn = Omit<DiffColumnDocument, "changed">

/** Lists the columns of both sides. A column that only one side has with its type is not compared. */
export async function listDiffColumns(
  project: Project,
  asset: AnyAsset,
  {
    from,
    to,
    key,
  }: {
    readonly from: DiffSide
    readonly to: DiffSide
    readonly key: readonly string[]
  },
): Promise<readonly DiffColumn[]> {
  const [fromTypes, toTypes] = [
    await readTypes(project, asset, from),
    await readTypes(project, asset, to),
  ]
  const names = [...new Set([...toTypes.keys(), ...fromTypes.keys()])]
  const columns = names.map((name): DiffColumn => {
    const [fromType, toType] = [fromTypes.get(name), toTypes.get(name)]
    const type = toType ?? fromType ?? ""
    if (toType === undefined) return { name, type, state: "missing_to" }
    if (toType !== fromType || asset.columns[name] === undefined)
      return { name, type, state: "missing_from" }
    return { name, type, state: key.includes(name) ? "key" : "compared" }
  })
  requireKey(asset, columns, key)
  return columns
}

/** Reads the columns of a side: those of its file, since an earlier version may have had others. */
async function readTypes(
  { runtime, store }: Project,
  { columns }: AnyAsset,
  { relation }: DiffSide,
): Promise<ReadonlyMap<string, string>> {
  const [file] = relation.kind === "stored" ? relation.files : []
  if (file === undefined) return new Map(listTypes(columns))
  return readFileColumns(runtime().engine.session, await store.localPath(file))
}

function listTypes(columns: Columns): readonly (readonly [string, string])[] {
  return Object.entries(columns).map(([name, { type }]) => [name, type])
}

function requireKey(
  { name: asset, columns: declaredColumns }: AnyAsset,
  columns: readonly DiffColumn[],
  key: readonly string[],
): void {
  const names = Object.keys(declaredColumns)
  const problems = key.flatMap((name): readonly Problem[] => {
    const column = columns.find((candidate) => candidate.name === name)
    if (column?.state === "key") return []
    const message =
      column === undefined
        ? `\`${asset}\` has no column \`${name}\`.`
        : `Only one side has the column \`${name}\` with this type.`
    return [{ kind: "usage", asset, message, hint: formatSuggestion(name, names) }]
  })
  if (problems.length > 0) throw new ProblemsError("usage", problems)
}

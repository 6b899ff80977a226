import type { AnyAsset } from "../declare/declaration.ts"
import type { Problem } from "../problem.ts"

/** Finds declarations without an option that the compiler requires: a project may have no type checks. */
export function findMissingOptions(declared: readonly AnyAsset[]): readonly Problem[] {
  return declared.flatMap((asset) => {
    const texts = [
      ["name", asset.name],
      ["group", asset.group],
      ["description", asset.description],
    ] as const
    return [
      ...texts.flatMap(([option, value]) =>
        isText(value) ? [] : [buildProblem(asset, option, `Write ${option}: "…".`)],
      ),
      ...(isObject(asset.columns)
        ? []
        : [
            buildProblem(
              asset,
              "columns",
              "Write columns: { id: int64() }, with the columns of its rows.",
            ),
          ]),
      ...findMissingCode(asset),
    ]
  })
}

function findMissingCode(asset: AnyAsset): readonly Problem[] {
  if (asset.kind === "source" || asset.computation.kind !== "code") return []
  const { version, compute } = asset.computation
  return [
    ...(isText(version) ? [] : [buildProblem(asset, "version", versionHint)]),
    ...(isFunction(compute)
      ? []
      : [buildProblem(asset, "compute", "Write async *compute(upstream) { … }.")]),
  ]
}

const versionHint =
  'Write version: "1", and change it when the results of the code change: Freshet does not compare code.'

function buildProblem({ name }: AnyAsset, option: string, hint: string): Problem {
  const subject = isText(name) ? `\`${name}\`` : "A declared asset"
  return { kind: "missing_option", message: `${subject} has no ${option}.`, hint }
}

function isText(value: unknown): boolean {
  return typeof value === "string"
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null
}

function isFunction(value: unknown): boolean {
  return typeof value === "function"
}

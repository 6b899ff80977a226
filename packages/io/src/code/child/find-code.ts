import { pathToFileURL } from "node:url"

import type { AnyAsset, Asset } from "@freshet/core"
import { type CodeComputation, collectAssets, getErrorMessage } from "@freshet/core/engine"

/** An asset and the code that computes it. */
export interface AssetCode {
  readonly asset: Asset
  readonly computation: CodeComputation
}

/** The declarations of this process lack the code of a step. */
export class UnknownCodeError extends Error {}

/** Loads the assets of the bundled `freshet.config.ts`. */
export async function loadDeclarations(path: string): Promise<readonly AnyAsset[]> {
  try {
    const module = (await import(pathToFileURL(path).href)) as {
      readonly default: { readonly assets: readonly (object | Promise<object>)[] }
    } // the main process has loaded it
    const entries = module.default.assets.map(async (entry) => await entry)
    return collectAssets(await Promise.all(entries))
  } catch (cause) {
    throw new UnknownCodeError(
      `freshet.config.ts cannot be loaded in the process of its code: ${getErrorMessage(cause)}`,
    )
  }
}

/** Finds the code of a computation. Declarations may differ from those of the main process if they are not constant. */
export function findCode(
  assets: readonly AnyAsset[],
  { computation: name, version }: { readonly computation: string; readonly version: string },
): AssetCode {
  for (const asset of assets) {
    if (asset.kind !== "asset" || asset.computation.kind !== "code") continue
    const { computation } = asset
    if (computation.name === name && computation.version === version) return { asset, computation }
  }
  throw new UnknownCodeError(
    `\`${name}\` with version ${version} is not declared when freshet.config.ts is loaded again, in the process of its code`,
  )
}

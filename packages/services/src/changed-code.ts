import {
  computeCodeText,
  type Evaluation,
  findCodeVersion,
  type Graph,
  type Problem,
} from "@freshet/core/engine"
import { findChangedCode, type LedgerClient } from "@freshet/io"

/** Warns about code assets whose function changed while their `version` did not. */
export async function findForgottenVersions(
  client: LedgerClient,
  { graph, evaluation }: { readonly graph: Graph; readonly evaluation: Evaluation },
  hash: (text: string) => string,
): Promise<readonly Problem[]> {
  const declared = [...graph.assets.values()].flatMap((asset) => {
    if (asset.kind === "source" || asset.computation.kind !== "code") return []
    const codeVersion = findCodeVersion(evaluation, asset.computation)
    const codeText = computeCodeText(asset.computation, hash)
    if (codeVersion === undefined || codeText === undefined) return []
    const names = [asset.name, ...asset.previousNames]
    return [{ asset: asset.name, names, codeVersion, codeText }]
  })
  return (await findChangedCode(client, declared)).map((asset) => ({
    kind: "version_forgotten",
    asset,
    message: `The code of \`${asset}\` changed, and its \`version\` did not: stored rows are of the earlier code.`,
    hint: `Change the \`version\` of \`${asset}\`, so that its partitions are rebuilt.`,
  }))
}

import { findKeyKind, getKeyAsset, type KeyKind, type Store } from "@freshet/io"

/** A file of the lake that the ledger does not reference. */
export interface OrphanedFile {
  readonly key: string
  readonly kind: KeyKind
  /** The asset or source that it belonged to. */
  readonly owner: string
  readonly bytes: number
}

/** The unreferenced files of a lake. */
export interface LakeScan {
  readonly files: readonly OrphanedFile[]
  /** The number of files that the ledger references. */
  readonly referencedCount: number
  /** The number of files that no step wrote. */
  readonly unknownCount: number
}

/** Finds the files that steps wrote before a time and that the ledger does not reference. */
export async function findOrphanedFiles(
  store: Store,
  referencedKeys: ReadonlySet<string>,
  {
    olderThanMs,
    owners,
  }: {
    readonly olderThanMs: number
    /** Key → current name of its asset, where that is known. */
    readonly owners: ReadonlyMap<string, string>
  },
): Promise<LakeScan> {
  const files: OrphanedFile[] = []
  let [referencedCount, unknownCount] = [0, 0]
  for await (const page of store.list())
    for (const { key, bytes, modifiedMs } of page) {
      const kind = findKeyKind(key)
      if (kind === undefined) unknownCount += 1
      else if (referencedKeys.has(key)) referencedCount += 1
      else if (modifiedMs < olderThanMs)
        files.push({ key, kind, owner: owners.get(key) ?? getKeyAsset(key), bytes })
    }
  return { files, referencedCount, unknownCount }
}

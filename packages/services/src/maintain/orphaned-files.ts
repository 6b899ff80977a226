import { findKeyKind, getKeyAsset, type KeyKind, type Store } from "@freshet/io"

/** A file of the lake that nothing in the ledger refers to. */
export interface OrphanedFile {
  readonly key: string
  readonly kind: KeyKind
  /** The asset or source whose it was. */
  readonly owner: string
  readonly bytes: number
}

/** What lies in the lake besides what is kept. */
export interface LakeScan {
  readonly files: readonly OrphanedFile[]
  /** How many files are there that the ledger refers to. */
  readonly referencedCount: number
  /** How many files are there that no step wrote. */
  readonly unknownCount: number
}

/** Goes through the lake for what steps wrote before some time and nothing refers to. */
export async function findOrphanedFiles(
  store: Store,
  referencedKeys: ReadonlySet<string>,
  {
    olderThanMs,
    owners,
  }: {
    readonly olderThanMs: number
    /** Key → today's name of the asset whose it was, where that is known. */
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

import { keyKind, type KeyKind, keyOwner, type Store } from "@freshet/io"

/** A file of the lake that nothing in the ledger refers to. */
export interface UnreferencedFile {
  readonly key: string
  readonly kind: KeyKind
  /** The asset or source whose it was. */
  readonly owner: string
  readonly bytes: number
}

/** What lies in the lake besides what is kept. */
export interface Unreferenced {
  readonly files: readonly UnreferencedFile[]
  /** How many files are there that the ledger refers to. */
  readonly known: number
  /** How many files are there that no step wrote. */
  readonly strangers: number
}

/** Goes through the lake for what steps wrote before some time and nothing refers to. */
export async function unreferencedFiles(
  store: Store,
  kept: ReadonlySet<string>,
  {
    olderThanMs,
    owners,
  }: {
    readonly olderThanMs: number
    /** Key → today's name of the asset whose it was, where that is known. */
    readonly owners: ReadonlyMap<string, string>
  },
): Promise<Unreferenced> {
  const files: UnreferencedFile[] = []
  let [known, strangers] = [0, 0]
  for await (const page of store.list())
    for (const { key, bytes, modifiedMs } of page) {
      const kind = keyKind(key)
      if (kind === undefined) strangers += 1
      else if (kept.has(key)) known += 1
      else if (modifiedMs < olderThanMs)
        files.push({ key, kind, owner: owners.get(key) ?? keyOwner(key), bytes })
    }
  return { files, known, strangers }
}

/** The versions of one read's window: relation, asset, whether the window was short, partition → data version. */
export type RecordedRead = readonly [
  relation: string,
  asset: string,
  short: boolean,
  versions: readonly (readonly [partition: number, version: string])[],
]

/** A landed file that a read as landed read: relation, partition of the source, path in the landing zone, hash that identifies the bytes, size, key of its copy in the store. */
export type RecordedCopy = readonly [
  relation: string,
  partition: number,
  path: string,
  hash: string,
  bytes: number,
  copy: string,
]

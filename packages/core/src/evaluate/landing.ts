/** A file in the landing zone: its path there, and the content hash that identifies its bytes. */
export interface LandedFile {
  readonly path: string
  readonly hash: string
  readonly bytes: number
  /** Key in the store of a copy, which is read instead; undefined for a file that is read in the landing zone. */
  readonly copy?: string | undefined
}

/** The files of one partition of a source, and the version of their content. */
export interface LandedPartition {
  readonly files: readonly LandedFile[]
  readonly version: string
  /** The reason why the files cannot be used, which blocks the readers of the partition: `a.json is a link that leads nowhere`. */
  readonly problem?: string
}

/** Source → partition → files: the content of the landing zone. */
export type Landing = ReadonlyMap<string, ReadonlyMap<number, LandedPartition>>

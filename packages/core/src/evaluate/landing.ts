/** A file in the landing zone: its path there, and the content hash that identifies its bytes. */
export interface LandedFile {
  readonly path: string
  readonly hash: string
  readonly bytes: number
}

/** The files of one partition of a source, and the version of their content. */
export interface LandedPartition {
  readonly files: readonly LandedFile[]
  readonly version: string
}

/** Source → partition → files: the content of the landing zone. */
export type Landing = ReadonlyMap<string, ReadonlyMap<number, LandedPartition>>

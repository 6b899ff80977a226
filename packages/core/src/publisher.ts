import type { Asset } from "./declare/declaration.ts"
import type { Publish } from "./declare/publish.ts"

/** A published table as an asset declares it. */
export interface DeclaredTable {
  readonly asset: Asset
  readonly publish: Publish
}

/** One table of a publication, with the stored rows that it will contain. */
export interface PublicationTable extends DeclaredTable {
  /** Oldest first. */
  readonly partitions: readonly PublicationPartition[]
}

/** The stored rows of one partition. */
export interface PublicationPartition {
  readonly key: string
  readonly file: string
  readonly dataVersion: string
}

/** The changes to one published table, as counts of rows; `rows` is the count after the change. */
export interface TableChange {
  readonly asset: string
  readonly table: string
  readonly inserted: number
  readonly updated: number
  readonly deleted: number
  readonly rows: number
}

/** The changes that a publication would make to one table, with the first rows of each kind by key. */
export interface TablePreview extends Omit<TableChange, "rows"> {
  readonly sample: readonly ChangedRow[]
}

/** A row that a publication would change; values are texts of PostgreSQL. */
export interface ChangedRow {
  readonly kind: "inserted" | "updated" | "deleted"
  readonly key: Readonly<Record<string, string>>
  /** Column → value in the table; null for a row to insert. */
  readonly from: Readonly<Record<string, string | null>> | null
  /** Column → new value; null for a row to delete. */
  readonly to: Readonly<Record<string, string | null>> | null
}

/** The tables of a set, to be changed in one transaction. */
export interface PublicationRequest {
  readonly run: string
  readonly set: string
  /** Key of the newest partition of its tables. */
  readonly partitionKey: string
  /** Hash of the tables' new content. */
  readonly version: string
  readonly tables: readonly PublicationTable[]
}

/** Writes published tables. Readers see either the old publication or the new one. */
export interface Publisher {
  /** Throws a FreshetError "publish" with every difference between the declared tables and those in the database. */
  readonly check: (tables: readonly DeclaredTable[]) => Promise<void>
  readonly publish: (request: PublicationRequest) => Promise<readonly TableChange[]>
  /** Compares the tables with the rows that `publish` would write, and changes nothing. `sampleRows` limits the rows of each kind. */
  readonly preview: (
    request: PublicationRequest & { readonly sampleRows: number },
  ) => Promise<readonly TablePreview[]>
}

import type { Sql } from "./declaration.ts"

/** The values of one request by parameter, null where it has none, and the key of the requested partition. */
export type PageQueryValues<P extends string = string> = Readonly<Record<P, string | null>> & {
  readonly partition: string
}

/** A query over stored or published rows that a page of the web UI asks by name. */
export interface PageQuery {
  readonly kind: "page_query"
  readonly name: string
  readonly description: string
  readonly asset: string
  readonly tables: "stored" | "published"
  readonly parameters: readonly string[]
  /** Builds the query of one request. */
  readonly query: (values: PageQueryValues) => Sql<never>
}

/** Options of `pageQuery`. */
export interface PageQueryOptions<P extends string> {
  /** A unique name: a lower-case letter, then lower-case letters, digits and underscores. */
  readonly name: string
  /** The content of one row, and the order of the rows. */
  readonly description: string
  /** The name of the asset whose materialized partitions can be requested; the newest is the default. */
  readonly asset: string
  /**
   * The tables of the query. `stored`, the default: DuckDB runs it over assets by name. `published`: PostgreSQL runs it
   * over the published tables, for at most ten seconds.
   */
  readonly tables?: "stored" | "published"
  /** Names of the texts that a request may give. Default: none. */
  readonly parameters?: readonly P[]
  /**
   * Builds the query. Its stored tables are names as in `freshet sql`: `NAME` is the newest stored partition of an asset,
   * `NAME@KEY` one partition, `NAME@all` every one; published tables have their schema. Interpolated values become literals.
   */
  readonly query: (values: PageQueryValues<P>) => Sql<never>
}

const reservedNames = ["partition", "query"]

/** Declares a query that a page of the web UI asks by name. Throws a RangeError for an invalid name and for a parameter called `partition` or `query`. */
export function pageQuery<const P extends string = never>({
  tables = "stored",
  parameters = [],
  query,
  ...options
}: PageQueryOptions<P>): PageQuery {
  for (const name of [options.name, ...parameters])
    if (!/^[a-z][a-z0-9_]*$/.test(name) || reservedNames.includes(name))
      throw new RangeError(`"${name}" is no name of a page query or of its parameter`)
  return { kind: "page_query", ...options, tables, parameters, query }
}

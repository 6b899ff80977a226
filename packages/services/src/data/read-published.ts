import type { PublishedQuery, PublishedRows } from "@freshet/io"

import type { Services } from "../services.ts"

/** Reads the first rows of a query over the published tables; the query cannot change them. In an environment it reads those of the environment. */
export async function readPublished(
  services: Services,
  query: PublishedQuery,
): Promise<PublishedRows> {
  const { placeQuery, readPublished: readRows } = await import("@freshet/io")
  const { environment } = services.config
  return services.withLedger(async (client) => {
    if (environment === undefined) return readRows(client, query)
    return readRows(client, { ...query, sql: await placeQuery(client, query.sql, environment) })
  })
}

import type { PublishedRows } from "@freshet/io"

import type { Services } from "../services.ts"

/** Reads the first rows of a query over the published tables; the query cannot change them. */
export async function readPublished(
  services: Services,
  query: { readonly sql: string; readonly limit: number },
): Promise<PublishedRows> {
  const { readPublished: readRows } = await import("@freshet/io")
  return services.withLedger((client) => readRows(client, query))
}

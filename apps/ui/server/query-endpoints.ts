import { readPageQuery } from "@freshet/services"
import { pageQueryResultSchema } from "@freshet/services/documents"
import * as z from "zod/mini"

import { defineEndpoint, type Endpoint, optionalText, text } from "./endpoint.ts"

/** The rows of the page queries that the project declares. */
export const queryEndpoints: readonly Endpoint[] = [
  defineEndpoint({
    method: "get",
    path: "/api/queries/:query",
    summary: "Rows of a page query; further parameters are those that it declares",
    input: z.catchall(z.object({ query: text, partition: optionalText }), text),
    answer: pageQueryResultSchema,
    handle: ({ services }, { query, partition, ...parameters }) =>
      readPageQuery(services, { query, partition, parameters }),
  }),
]

import { readRecommendations } from "@freshet/services"
import { recommendationsSchema } from "@freshet/services/documents"
import * as z from "zod/mini"

import { defineEndpoint, type Endpoint, optionalText } from "./endpoint.ts"

/** The documents of data products. */
export const productEndpoints: readonly Endpoint[] = [
  defineEndpoint({
    method: "get",
    path: "/api/recommendations",
    summary: "Recommendations of one user on one day, with the paths that lead to them",
    input: z.strictObject({ user: optionalText, day: optionalText }),
    answer: recommendationsSchema,
    handle: ({ services }, request) => readRecommendations(services, request),
  }),
]

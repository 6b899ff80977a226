import * as z from "zod/mini"

/** Builds the schema of a list that nobody changes. */
export function listSchema<T extends z.core.SomeType>(item: T) {
  return z.readonly(z.array(item))
}

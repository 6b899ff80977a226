import type { PageQuery } from "@freshet/core"
import { ProblemsError } from "@freshet/core/engine"

/** Collects the page queries of a configuration. Rejects other values, since an editor without types accepts them, and two queries of one name. */
export function collectPageQueries(pageQueries: unknown): readonly PageQuery[] {
  if (!Array.isArray(pageQueries)) throw createError("pageQueries must be a list")
  const collected = new Map<string, PageQuery>()
  for (const [index, entry] of pageQueries.entries()) {
    if (!isPageQuery(entry)) throw createError(`pageQueries[${index}] is not a page query`)
    if (collected.has(entry.name)) throw createError(`two page queries are named ${entry.name}`)
    collected.set(entry.name, entry)
  }
  return [...collected.values()]
}

function isPageQuery(value: unknown): value is PageQuery {
  return (
    typeof value === "object" && value !== null && "kind" in value && value.kind === "page_query"
  )
}

function createError(fault: string): ProblemsError {
  const hint = "Declare page queries with pageQuery of @freshet/core and list the results."
  return new ProblemsError("config", [
    { kind: "config", message: `In freshet.config.ts, ${fault}.`, hint },
  ])
}

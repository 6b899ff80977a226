import type { Column } from "@freshet/core"

/**
 * Tests whether a type of PostgreSQL holds every value of a column exactly: a shorter number is rounded, a time of fewer
 * digits as well, and trailing spaces of a longer text are cut. Types are written as they are declared or as the server
 * formats them: `numeric(10, 2)`, `timestamp(0) with time zone`, `character varying(3)`.
 */
export function isExactType({ element, kind, type }: Column, databaseType: string): boolean {
  if (databaseType.endsWith("[]"))
    return element === undefined || isExactType(element, databaseType.slice(0, -2))
  const [, name = "", parameters] =
    /^([a-z ]+?) *(?:\(([^)]*)\))?(?: with.*)?$/.exec(databaseType) ?? []
  if (parameters === undefined) return true
  const [first = 0, second = 0] = parameters.split(",").map(Number)
  switch (name) {
    case "numeric": {
      const [precision = 0, scale = 0] = (/\d+, *\d+/.exec(type)?.[0] ?? "").split(",").map(Number)
      return second >= scale && first - second >= precision - scale
    }
    case "timestamp":
      return first >= 6
    default:
      return kind !== "text"
  }
}

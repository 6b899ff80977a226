import { quoteName } from "@freshet/core/engine"

/** The names of the two relations that are compared. */
export const diffRelations = { from: "from_rows", to: "to_rows" } as const

/** The columns that identify a row, and those that are compared. */
export interface DiffColumns {
  readonly key: readonly string[]
  readonly values: readonly string[]
}

/** Builds the query that counts the keys that occur more than once on either side. */
export function buildDuplicatesQuery({ key }: DiffColumns): string {
  const names = key.map(quoteName).join(", ")
  const counts = Object.values(diffRelations).map(
    (relation) =>
      `(select count(*) from (select ${names} from ${relation} group by ${names} having count(*) > 1))`,
  )
  return `select ${counts.join(" + ")} as duplicates`
}

/** Builds the query that counts rows: `added`, `removed`, `changed`, `both`, and `c0`, `c1`, … for the compared columns. */
export function buildCountsQuery({ key, values }: DiffColumns): string {
  const columnCounts = values.map(
    (name, at) => `count(*) filter (${isPair} and ${differs(name)}) as c${at}`,
  )
  const counts = [
    `count(*) filter (f.k is null) as added`,
    `count(*) filter (t.k is null) as removed`,
    `count(*) filter (${isPair}) as both`,
    `count(*) filter (${isPair} and ${differsAnywhere(values)}) as changed`,
    ...columnCounts,
  ]
  return `${pairRows({ key, values })} select ${counts.join(", ")} ${joinPairs}`
}

/**
 * Builds the query of different rows: `kind`, the key as `k0`, …, and the compared columns as `f0`, … and `t0`, … The
 * first rows of each kind are selected, so that no kind hides another.
 */
export function buildRowsQuery({ key, values }: DiffColumns, limit: number): string {
  const keys = key.map((name, at) => `k.${quoteName(name)} as k${at}`)
  const sides = (["f", "t"] as const).flatMap((side) =>
    values.map((name, at) => `${side}v.${quoteName(name)} as ${side}${at}`),
  )
  return `${pairRows({ key, values })}, different as (
      select ${pairKind} as kind, coalesce(t.k, f.k) as k, f.v as fv, t.v as tv ${joinPairs}
      where f.k is null or t.k is null or ${differsAnywhere(values)}
    ), selected as (
      select *, row_number() over (partition by kind order by k) as place from different
      order by place, kind limit ${limit}
    )
    select ${["kind", ...keys, ...sides].join(", ")} from selected
    order by array_position(['changed', 'added', 'removed'], kind), k`
}

const pairKind =
  "case when f.k is null then 'added' when t.k is null then 'removed' else 'changed' end"

/** Builds the query of whole rows on one side that the other side has fewer times. */
export function buildSurplusQuery(columns: readonly string[], limit: number): string {
  const { added, removed } = subtractSides(columns)
  const keys = columns.map((name, at) => `${quoteName(name)} as k${at}`).join(", ")
  return `
    select 'added' as kind, ${keys} from (${added})
    union all
    select 'removed' as kind, ${keys} from (${removed})
    order by all limit ${limit}`
}

/** Builds the query that counts the rows of `buildSurplusQuery`, and all rows of the side `to`. */
export function buildSurplusCountsQuery(columns: readonly string[]): string {
  const { added, removed } = subtractSides(columns)
  return `select (select count(*) from (${added})) as added, (select count(*) from (${removed})) as removed,
    (select count(*) from ${diffRelations.to}) as total`
}

/** Builds the queries of the rows that only one side has, or has more often. */
function subtractSides(columns: readonly string[]) {
  const names = columns.map(quoteName).join(", ")
  const subtract = (first: string, second: string) =>
    `select ${names} from ${first} except all select ${names} from ${second}`
  const { from, to } = diffRelations
  return { added: subtract(to, from), removed: subtract(from, to) }
}

const isPair = "f.k is not null and t.k is not null"
const joinPairs = "from f full join t on f.k = t.k"

function differs(name: string): string {
  return `f.v.${quoteName(name)} is distinct from t.v.${quoteName(name)}`
}

function differsAnywhere(values: readonly string[]): string {
  return values.length === 0 ? "false" : "f.v is distinct from t.v"
}

/** Builds the two sides with the key and the compared columns as one value each. Members of a key may be null; the value is not. */
function pairRows({ key, values }: DiffColumns): string {
  const side = (name: string, relation: string) =>
    `${name} as (select ${pack(key)} as k, ${pack(values)} as v from ${relation})`
  return `with ${side("f", diffRelations.from)}, ${side("t", diffRelations.to)}`
}

function pack(names: readonly string[]): string {
  const members = names.map((name) => `${quoteName(name)} := ${quoteName(name)}`)
  return members.length === 0 ? "true" : `struct_pack(${members.join(", ")})`
}

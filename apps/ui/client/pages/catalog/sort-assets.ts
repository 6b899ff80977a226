import type { AssetStateDocument } from "../../api/documents.ts"
import { compareSeverity } from "../../asset-state.ts"

/** The columns by which assets are sorted. */
export const sortNames = ["state", "name", "overdue", "newest", "rows", "size", "built"] as const

export type SortName = (typeof sortNames)[number]

/** A column, and the direction in which its values are listed. */
export interface Sort {
  readonly name: SortName
  readonly isDescending: boolean
}

/** Parses the sort of an address: `rows`, or `-rows` for the largest first. */
export function parseSort(text: string | undefined): Sort | undefined {
  const isDescending = text?.startsWith("-") === true
  const name = sortNames.find((candidate) => candidate === text?.slice(isDescending ? 1 : 0))
  return name === undefined ? undefined : { name, isDescending }
}

const numericNames: ReadonlySet<SortName> = new Set(["overdue", "rows", "size", "built"])

/** Formats the sort after a click on the head of a column: first its usual direction, then the other one, then none. */
export function formatNextSort(sort: Sort | undefined, name: SortName): string | undefined {
  const startsDescending = numericNames.has(name)
  if (sort?.name !== name) return startsDescending ? `-${name}` : name
  if (sort.isDescending !== startsDescending) return undefined
  return startsDescending ? name : `-${name}`
}

const readers: Readonly<
  Record<Exclude<SortName, "state">, (asset: AssetStateDocument) => string | number | null>
> = {
  name: ({ name }) => name,
  overdue: ({ overdue }) => (overdue === null ? null : -Date.parse(overdue.due_at)),
  newest: ({ newest_partition: newest }) => newest,
  rows: ({ rows }) => rows,
  size: ({ bytes }) => bytes,
  built: ({ materialized_at: at }) => (at === null ? null : Date.parse(at)),
}

/** Sorts assets by a column, those without a value last; without one by group, and within a group trouble first. */
export function sortAssets(
  assets: readonly AssetStateDocument[],
  sort: Sort | undefined,
): readonly AssetStateDocument[] {
  if (sort === undefined) return sortByGroup(assets)
  const { name, isDescending } = sort
  const direction = isDescending ? -1 : 1
  if (name === "state")
    return assets.toSorted((first, second) => direction * compareSeverity(first, second))
  const read = readers[name]
  return assets.toSorted((first, second) => {
    const [firstValue, secondValue] = [read(first), read(second)]
    if (firstValue === null || secondValue === null)
      return Number(firstValue === null) - Number(secondValue === null)
    if (firstValue === secondValue) return 0
    return firstValue < secondValue ? -direction : direction
  })
}

function sortByGroup(assets: readonly AssetStateDocument[]): readonly AssetStateDocument[] {
  const groups = [...new Set(assets.map(({ group }) => group))]
  return assets.toSorted(
    (first, second) =>
      groups.indexOf(first.group) - groups.indexOf(second.group) || compareSeverity(first, second),
  )
}

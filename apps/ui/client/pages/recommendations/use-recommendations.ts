import { groupBy } from "@freshet/core/engine"

import type { PageQueryDocument } from "../../api/documents.ts"
import { usePageQueries } from "../../api/use-document.ts"

type Row = PageQueryDocument["rows"][number]

/** A user or a room. */
interface Member {
  readonly id: number
  readonly name: string
}

/** A path from the user through a close user: the engagements on both sides. */
interface Path extends Member {
  readonly yours: number
  readonly theirs: number
}

/** A recommended user or room; its strength is the sum of `theirs` over all paths, the strongest of which is first. */
export interface Recommendation extends Member {
  readonly strength: number
  readonly paths: readonly Path[]
}

/** The recommendations of one user on one day. */
export interface Recommendations {
  readonly user: Member | undefined
  /** Users with similar names, when no user has the requested one. */
  readonly similarUsers: readonly string[]
  readonly day: string | undefined
  /** The materialized days, the newest first. */
  readonly days: readonly string[]
  readonly people: readonly Recommendation[]
  readonly rooms: readonly Recommendation[]
}

const queries = ["recommended_user", "recommended_people", "recommended_rooms"] as const

/** Reads the recommendations of one user on one day; the newest day and the user of the strongest recommendation unless given. */
export function useRecommendations({
  user,
  day,
}: {
  readonly user: string | undefined
  readonly day: string | undefined
}): { readonly data: Recommendations | undefined; readonly error: Error | null } {
  const { data, error } = usePageQueries(queries, { user, partition: day })
  return { data: data && combine(data), error }
}

function combine([users, people, rooms]: readonly [
  PageQueryDocument,
  PageQueryDocument,
  PageQueryDocument,
]): Recommendations {
  const [first] = users.rows
  const user = first?.["is_requested"] === true ? toMember(first["id"], first["name"]) : undefined
  const hasRooms = rooms.partition === users.partition
  return {
    user,
    similarUsers: user === undefined ? users.rows.map((row) => String(row["name"])) : [],
    day: users.partition ?? undefined,
    days: users.partitions,
    people: toRecommendations(people.rows),
    rooms: hasRooms ? toRecommendations(rooms.rows) : [],
  }
}

function toRecommendations(rows: readonly Row[]): readonly Recommendation[] {
  return [...groupBy(rows, (row) => row["rec_id"]).values()].map(toRecommendation)
}

function toRecommendation(rows: readonly Row[]): Recommendation {
  const [first = {}] = rows
  return {
    ...toMember(first["rec_id"], first["name"]),
    strength: Number(first["strength"]),
    paths: rows.map((row) => ({
      ...toMember(row["reason_id"], row["reason"]),
      yours: Number(row["yours"]),
      theirs: Number(row["theirs"]),
    })),
  }
}

/** A member whose name is not in the newest snapshot is shown by its number. */
function toMember(id: unknown, name: unknown): Member {
  return { id: Number(id), name: typeof name === "string" ? name : String(id) }
}

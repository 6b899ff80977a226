import type { Asset } from "@freshet/core"
import {
  formatPartitionKey,
  getAsset,
  groupBy,
  type Problem,
  ProblemsError,
} from "@freshet/core/engine"

import type { RecommendationsDocument } from "../documents/recommendations.ts"
import type { RowDocument } from "../documents/rows.ts"
import { toIsoTime } from "../iso-time.ts"
import { isMaterialized } from "../materialization-records.ts"
import type { Project } from "../project.ts"
import type { Services } from "../services.ts"
import { openData } from "./open-data.ts"
import { readFirstRows } from "./result-rows.ts"
import { findRelation } from "./sql-request.ts"

/** A user by name or number, and a day. */
export interface RecommendationsRequest {
  /** The user of the strongest recommendation unless given. */
  readonly user?: string | undefined
  /** The newest materialized day unless given. */
  readonly day?: string | undefined
}

type ReadRows = (sql: string) => Promise<readonly RowDocument[]>

/** Reads the recommendations of one user with the paths that lead to them. */
export function readRecommendations(
  services: Services,
  request: RecommendationsRequest,
): Promise<RecommendationsDocument> {
  return services.withProject({}, (project) => readProjectRecommendations(project, request))
}

async function readProjectRecommendations(
  project: Project,
  request: RecommendationsRequest,
): Promise<RecommendationsDocument> {
  requireRecommendations(project)
  const days = listDays(project, "user_recs")
  const day = request.day ?? days[0]
  const empty = { people: [], rooms: [], similar_users: [], user: null }
  const common = { now: toIsoTime(project.nowMs), days, day: day ?? null }
  if (day === undefined || !days.includes(day)) return { ...common, ...empty }
  const read = createReader(project)
  const user = await findUser(read, day, request.user)
  if (user === undefined) {
    const similarUsers = await findSimilarUsers(read, request.user ?? "")
    return { ...common, ...empty, similar_users: similarUsers }
  }
  const hasRooms = listDays(project, "room_rec_reasons").includes(day)
  const hasReasons = listDays(project, "user_rec_reasons").includes(day)
  return {
    ...common,
    user,
    similar_users: [],
    people: await readPaths(read, { user: user.id, day, kind: "user", hasReasons }),
    rooms: hasRooms
      ? await readPaths(read, { user: user.id, day, kind: "room", hasReasons: true })
      : [],
  }
}

const requiredAssets = ["user_recs", "valid_user_candidates", "closest_users", "users"]

function requireRecommendations({ graph }: Project): void {
  const missing = requiredAssets.filter((name) => graph.assets.get(name)?.kind !== "asset")
  if (missing.length === 0) return
  const problem: Problem = {
    kind: "usage",
    message: `Recommendations need the assets ${missing.join(", ")}, which are not declared.`,
    hint: "Add `...stocktwits()` to the assets of freshet.config.ts.",
  }
  throw new ProblemsError("usage", [problem])
}

function listDays({ evaluation, graph }: Project, name: string): readonly string[] {
  const bounds = evaluation.bounds.get(name)
  if (bounds === undefined || graph.assets.get(name)?.kind !== "asset") return []
  const { partitions }: Asset = getAsset(graph, name)
  const indexes = Array.from({ length: bounds.to - bounds.from + 1 }, (_, at) => bounds.to - at)
  return indexes
    .filter((index) => isMaterialized(evaluation, name, index))
    .map((index) => formatPartitionKey(partitions, index))
}

const maxRows = 2000

function createReader(project: Project): ReadRows {
  const data = openData(project)
  return async (sql) => {
    const find = (name: string) => findRelation(project, sql, name)
    const { rows } = await data.queryNamed({ sql, find }, (result) =>
      readFirstRows(result, maxRows),
    )
    return rows
  }
}

async function findUser(read: ReadRows, day: string, name: string | undefined) {
  const condition =
    name === undefined
      ? `id = (select user_id from "user_recs@${day}" order by weight desc, user_id limit 1)`
      : `username = ${quoteText(name)} or id::varchar = ${quoteText(name)}`
  const [row] = await read(`select id, username from users where ${condition} order by id limit 1`)
  return row === undefined ? undefined : toMember(row["id"], row["username"])
}

async function findSimilarUsers(read: ReadRows, name: string): Promise<readonly string[]> {
  const distance = `levenshtein(lower(username), lower(${quoteText(name)}))`
  const rows = await read(`select username from users order by ${distance}, username limit 3`)
  return rows.map((row) => String(row["username"]))
}

interface PathsRequest {
  readonly user: number
  readonly day: string
  readonly kind: "user" | "room"
  /** False for a past day of which only the recommendations are materialized: its paths are the candidates. */
  readonly hasReasons: boolean
}

async function readPaths(read: ReadRows, { user, day, kind, hasReasons }: PathsRequest) {
  const names = kind === "user" ? "users" : "rooms"
  const nameColumn = kind === "user" ? "username" : "slug"
  const reasons = hasReasons ? `${kind}_rec_reasons` : `valid_${kind}_candidates`
  const rows = await read(`
    select recs.rec_id, recs.weight as strength, members.${nameColumn} as name,
      reasons.reason_id, close.username as reason, yours.weight as yours, theirs.weight as theirs
    from "${kind}_recs@${day}" as recs
    join "${reasons}@${day}" as reasons
      on reasons.user_id = recs.user_id and reasons.rec_id = recs.rec_id
    join "closest_users@${day}" as yours
      on yours.user_id = recs.user_id and yours.engaged_with_id = reasons.reason_id
    join "closest_${names}@${day}" as theirs
      on theirs.user_id = reasons.reason_id and theirs.engaged_with_id = recs.rec_id
    left join ${names} as members on members.id = recs.rec_id
    left join users as close on close.id = reasons.reason_id
    where recs.user_id = ${user}
    order by recs.weight desc, recs.rec_id, theirs.weight desc, reasons.reason_id`)
  return [...groupBy(rows, (row) => row["rec_id"]).values()].map(toRecommendation)
}

function toRecommendation(rows: readonly RowDocument[]) {
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
function toMember(id: unknown, name: unknown) {
  return { id: Number(id), name: typeof name === "string" ? name : String(id) }
}

function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

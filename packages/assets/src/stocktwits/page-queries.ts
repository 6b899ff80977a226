import { identifier, pageQuery, sql } from "@freshet/core"

const parameters = ["user"] as const

interface UserRequest {
  readonly partition: string
  /** A name or a number; the user of the strongest recommendation unless given. */
  readonly user: string | null
}

function selectUserId({ partition, user }: UserRequest) {
  if (user === null)
    return sql`select user_id from ${at("user_recs", partition)} order by weight desc, user_id limit 1`
  return sql`
    select id from users where username = ${user} or id::varchar = ${user} order by id limit 1`
}

function at(asset: string, partition: string) {
  return identifier(`${asset}@${partition}`)
}

const recommendedUser = pageQuery({
  name: "recommended_user",
  description: "The requested user first, then users with similar names.",
  asset: "user_recs",
  parameters,
  query: (request) => sql`
    select id, username as name, is_requested
    from (select id, username, coalesce(id = (${selectUserId(request)}), false) as is_requested from users)
    order by is_requested desc, levenshtein(lower(username), lower(${request.user ?? ""})), username, id
    limit 3`,
})

/** Declares the query for the paths that lead from a user to each recommendation of one kind. */
function declarePaths({
  name,
  kind,
  members,
  memberName,
}: {
  readonly name: string
  readonly kind: "user" | "room"
  readonly members: string
  readonly memberName: string
}) {
  const memberNames = identifier(memberName)
  return pageQuery({
    name,
    description: `The ${members} that are recommended to a user, the strongest first, one row per path.`,
    asset: `${kind}_recs`,
    parameters,
    query: (request) => {
      const { partition } = request
      return sql`
        select recs.rec_id, recs.weight as strength, members.${memberNames} as name,
          paths.reason_id, close.username as reason, yours.weight as yours, theirs.weight as theirs
        from ${at(`${kind}_recs`, partition)} as recs
        join ${at(`valid_${kind}_candidates`, partition)} as paths
          on paths.user_id = recs.user_id and paths.rec_id = recs.rec_id
        join ${at("closest_users", partition)} as yours
          on yours.user_id = recs.user_id and yours.engaged_with_id = paths.reason_id
        join ${at(`closest_${members}`, partition)} as theirs
          on theirs.user_id = paths.reason_id and theirs.engaged_with_id = recs.rec_id
        left join ${identifier(members)} as members on members.id = recs.rec_id
        left join users as close on close.id = paths.reason_id
        where recs.user_id = (${selectUserId(request)})
        order by recs.weight desc, recs.rec_id, theirs.weight desc, paths.reason_id`
    },
  })
}

/** The queries of the page Recommendations. */
export const stocktwitsPageQueries = [
  recommendedUser,
  declarePaths({
    name: "recommended_people",
    kind: "user",
    members: "users",
    memberName: "username",
  }),
  declarePaths({ name: "recommended_rooms", kind: "room", members: "rooms", memberName: "slug" }),
]

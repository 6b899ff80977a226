import {
  identifier,
  itself,
  joinSql,
  latest,
  noRows,
  publishTo,
  type Read,
  sql,
  type Sql,
  sqlAsset,
  unique,
} from "@freshet/core"
import { columnsFromTable } from "@freshet/schema"

import { publicationSet, publishedOptions } from "./asset-options.ts"
import { roomSnapshots, userSnapshots } from "./sources.ts"
import { rooms as roomsTable, users as usersTable } from "./tables.ts"
import { assetClasses, toIndicatorName, roomTopics } from "./vocabulary.ts"

const newestUsers = latest(userSnapshots)
const newestRooms = latest(roomSnapshots)

/** Converts values to indicator names in SQL, like `toIndicatorName`. */
function toIndicatorNames(values: Sql<never>): Sql<never> {
  return sql`replace(replace(lower(${values}), ' ', '_'), '-', '_')`
}

/** Splits a text like "Day Trading, News" into indicator names, without surrounding spaces. */
function splitNames(column: Sql<never>): Sql<never> {
  return sql`string_split(${toIndicatorNames(sql`trim(regexp_replace(${column}, ' *, *', ',', 'g'))`)}, ',')`
}

function buildIndicatorColumns(values: readonly string[], names: string): Sql<never> {
  const columns = values.map((value) => {
    const name = toIndicatorName(value)
    return sql`coalesce(list_contains(${identifier(names)}, ${name}), false)::smallint as ${identifier(name)}`
  })
  return joinSql(columns, ",\n")
}

/** Describes each indicator column. */
function describeIndicators(values: readonly string[], describe: (value: string) => string) {
  return Object.fromEntries(values.map((value) => [toIndicatorName(value), describe(value)]))
}

function checkRowCount(snapshots: Read) {
  return noRows("as_many_as_landed", {
    description: "one row per id of the newest snapshot",
    query: sql`
      select found.rows, landed.ids
      from (select count(*) as rows from ${itself}) as found,
        (select count(distinct id) as ids from ${snapshots}) as landed
      where found.rows <> landed.ids`,
  })
}

function checkDeclaredValues(column: string, values: readonly string[], snapshots: Read) {
  const declaredNames = joinSql(
    values.map((value) => sql`${toIndicatorName(value)}`),
    ", ",
  )
  return noRows(`known_${column}`, {
    description: `every value of ${column} has an indicator column`,
    severity: "warn",
    query: sql`
      select value, count(*) as rows
      from (
        select trim(unnest(string_split(${identifier(column)}, ','))) as value from ${snapshots}
      ) as listed
      where value <> '' and ${toIndicatorNames(sql`value`)} not in (${declaredNames})
      group by value`,
  })
}

export const users = sqlAsset({
  ...publishedOptions,
  name: "users",
  description: "Users of the newest snapshot, with an indicator for each class of assets.",
  columns: columnsFromTable(usersTable, {
    ...describeIndicators(assetClasses, (value) => `1 if the user trades ${value}, otherwise 0.`),
    id: "Id of the user.",
    username: "Name shown on the site; not unique.",
    experience: "Trading experience, as stated by the user.",
    approach: "Trading approach, such as Technical or Value.",
    holding_period: "Holding period, such as Day Trader.",
  }),
  query: sql`
    select id, username, experience, approach, holding_period,
      ${buildIndicatorColumns(assetClasses, "traded")}
    from (select *, ${splitNames(sql`assets_traded`)} as traded from ${newestUsers}) as snapshot`,
  checks: [
    unique("id"),
    checkRowCount(newestUsers),
    checkDeclaredValues("assets_traded", assetClasses, newestUsers),
  ],
  publish: publishTo(usersTable, publicationSet),
})

export const rooms = sqlAsset({
  ...publishedOptions,
  name: "rooms",
  description: "Rooms of the newest snapshot, with an indicator for each topic.",
  columns: columnsFromTable(roomsTable, {
    ...describeIndicators(
      roomTopics,
      (value) => `1 if ${value} is a topic of the room, otherwise 0.`,
    ),
    id: "Id of the room.",
    slug: "Name of the room in URLs.",
  }),
  query: sql`
    select id, slug,
      ${buildIndicatorColumns(roomTopics, "named")}
    from (select *, ${splitNames(sql`topics`)} as named from ${newestRooms}) as snapshot`,
  checks: [
    unique("id"),
    checkRowCount(newestRooms),
    checkDeclaredValues("topics", roomTopics, newestRooms),
  ],
  publish: publishTo(roomsTable, publicationSet),
})

import { itself, noRows, publishTo, sql, type Sql, sqlAsset, unique } from "@freshet/core"
import { columnsFromTable } from "@freshet/schema"

import { reportOptions, publicationSet } from "./asset-options.ts"
import { moreThanOneRow } from "./films.ts"
import type { filmRevenues } from "./prices.ts"
import { roundHalfUp, fromHundredths } from "./rounding.ts"
import type { MoviesSettings } from "./settings.ts"
import { boxOfficeByRelease as boxOfficeByReleaseTable } from "./tables.ts"

type Revenues = ReturnType<typeof filmRevenues>

/** Computes the median in cents; of an even number of values, the mean of the two in the middle, rounded to the cent. */
function computeMedian(cents: Sql<never>, place: Sql<never>, films: Sql<never>): Sql<never> {
  const isMiddle = sql`${place} in ((${films} + 1) // 2, ${films} // 2 + 1)`
  return roundHalfUp(
    sql`sum(${cents}) filter (${isMiddle})`,
    sql`count(${cents}) filter (${isMiddle})`,
  )
}

function toMoney(cents: Sql<never>): Sql<never> {
  return sql`${fromHundredths(cents)}::decimal(20,2)`
}

function describeColumns(baseMonth: string) {
  return columnsFromTable(boxOfficeByReleaseTable, {
    period: "Granularity of the period: quarter or month.",
    number: "Number of the quarter, 1 to 4, or of the month, 1 to 12.",
    films: ["Films released in the period.", "films"],
    total_revenue: ["Total revenue of these films.", "USD"],
    mean_revenue: ["Mean revenue, to the cent.", "USD"],
    median_revenue: ["Median revenue, to the cent.", "USD"],
    adjusted_films: ["Films whose revenue can be adjusted.", "films"],
    total_adjusted: ["Total adjusted revenue.", `USD of ${baseMonth}`],
    mean_adjusted: ["Mean adjusted revenue, to the cent.", `USD of ${baseMonth}`],
    median_adjusted: ["Median adjusted revenue, to the cent.", `USD of ${baseMonth}`],
    released_from: "Release date of the first film.",
    released_to: "Release date of the latest film.",
  })
}

function checkFilmsAddUp(revenues: Revenues) {
  return noRows("films_add_up", {
    description: "quarters and months each add up to all films and all revenue",
    query: sql`
          select found.*, expected.*
          from (
            select period, sum(films) as films, sum(total_revenue) as revenue from ${itself}
            group by period
          ) as found,
          (select count(*) as all_films, sum(revenue) as all_revenue
           from ${revenues} where release_date is not null) as expected
          where films <> all_films or revenue <> all_revenue`,
  })
}

export function boxOfficeByRelease({ baseMonth }: MoviesSettings, revenues: Revenues) {
  return sqlAsset({
    ...reportOptions,
    name: "box_office_by_release",
    description: `Revenue of films by quarter and by month of release, over all years. Nominal figures cover all films with a known revenue and release date. Adjusted figures, in USD at the ticket prices of ${baseMonth}, cover films whose month of release is in the price index; movies_outside_cpi lists the others. Means and medians are rounded to the cent.`,
    report: {
      title: "Box office by quarter and month of release",
      period: ["released_from", "released_to"],
    },
    columns: describeColumns(baseMonth),
    query: sql`
      with released as (
        select movie_id, release_date, revenue::hugeint * 100 as cents,
          (adjusted_revenue * 100)::hugeint as adjusted
        from ${revenues} where release_date is not null
      ), cut as (
        select 'quarter' as period, quarter(release_date)::smallint as number, * from released
        union all
        select 'month' as period, month(release_date)::smallint as number, * from released
      ), placed as (
        select *,
          row_number() over (partition by period, number order by cents, movie_id) as place,
          count(*) over (partition by period, number) as films,
          row_number() over (
            partition by period, number, adjusted is null order by adjusted, movie_id
          ) as adjusted_place,
          count(adjusted) over (partition by period, number) as adjusted_films
        from cut
      )
      select period, number, count(*)::integer as films,
        (sum(cents) // 100)::bigint as total_revenue,
        ${toMoney(roundHalfUp(sql`sum(cents)`, sql`count(*)`))} as mean_revenue,
        ${toMoney(computeMedian(sql`cents`, sql`place`, sql`films`))} as median_revenue,
        count(adjusted)::integer as adjusted_films,
        ${toMoney(sql`sum(adjusted)`)} as total_adjusted,
        ${toMoney(roundHalfUp(sql`sum(adjusted)`, sql`nullif(count(adjusted), 0)`))} as mean_adjusted,
        ${toMoney(
          sql`case when count(adjusted) > 0 then ${computeMedian(sql`adjusted`, sql`adjusted_place`, sql`adjusted_films`)} end`,
        )} as median_adjusted,
        min(release_date) as released_from, max(release_date) as released_to
      from placed
      group by period, number
      order by period desc, number`,
    checks: [unique("period", "number"), moreThanOneRow, checkFilmsAddUp(revenues)],
    publish: publishTo(boxOfficeByReleaseTable, publicationSet),
  })
}

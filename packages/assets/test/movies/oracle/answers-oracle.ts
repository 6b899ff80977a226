import type { OracleFilm, OracleFilms, OracleRating } from "./films-oracle.ts"
import { formatMedian, formatDecimal, formatQuotient, sum } from "./fractions.ts"

type Row = readonly (string | number | null)[]

export interface OracleChoices {
  readonly baseMonth: string
  readonly minimumRatings: number
  readonly highestRated: number
}

function groupBy<T, K>(items: readonly T[], getKeys: (item: T) => readonly K[]): Map<K, T[]> {
  const groups = new Map<K, T[]>()
  for (const item of items)
    for (const key of getKeys(item)) {
      const group = groups.get(key)
      if (group === undefined) groups.set(key, [item])
      else group.push(item)
    }
  return groups
}

function toDay(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 10)
}

function findRatedSpan(ratings: readonly OracleRating[]): readonly [string, string] {
  const seconds = ratings.map((rating) => rating.seconds)
  const [first, last] = [
    seconds.reduce((a, b) => Math.min(a, b)),
    seconds.reduce((a, b) => Math.max(a, b)),
  ]
  return [toDay(first), toDay(last)]
}

function sumTenths(ratings: readonly OracleRating[]): bigint {
  return BigInt(ratings.reduce((total, { tenths }) => total + tenths, 0))
}

function firstDifference(...orders: readonly (number | bigint)[]): number {
  const [first] = orders.filter((order) => Number(order) !== 0)
  return first === undefined ? 0 : Number(first) < 0 ? -1 : 1
}

/** The highest rated films, row by row as published. */
export function rankHighestRated({ ratings }: OracleFilms, choices: OracleChoices): readonly Row[] {
  const [all, total] = [BigInt(ratings.length), sumTenths(ratings)]
  const least = BigInt(choices.minimumRatings)
  const scored = [...groupBy(ratings, ({ film }) => [film.id]).values()].flatMap((filmRatings) => {
    const film = filmRatings[0]?.film
    if (film === undefined || filmRatings.length < choices.minimumRatings) return []
    const [ratingCount, tenths] = [BigInt(filmRatings.length), sumTenths(filmRatings)]
    const score = formatQuotient(tenths * all + least * total, 10n * all * (ratingCount + least), 4)
    const average = formatQuotient(tenths, 10n * ratingCount, 4)
    return [{ film, own: filmRatings, average, score }]
  })
  const ranked = scored.toSorted((a, b) =>
    firstDifference(
      Number(b.score) - Number(a.score),
      b.own.length - a.own.length,
      a.film.id - b.film.id,
    ),
  )
  return ranked
    .slice(0, choices.highestRated)
    .map(({ film, own: filmRatings, average, score }, at) => {
      const year = film.released === null ? null : Number(film.released.slice(0, 4))
      return [
        at + 1,
        film.id,
        film.title,
        year,
        filmRatings.length,
        average,
        score,
        ...findRatedSpan(filmRatings),
      ]
    })
}

/** The most popular genres, row by row as published. */
export function rankPopularGenres({ ratings, genres }: OracleFilms): readonly Row[] {
  const byGenre = [...groupBy(ratings, ({ film }) => film.genres)]
  const ranked = byGenre.toSorted(([a, firstRatings], [b, secondRatings]) =>
    firstDifference(secondRatings.length - firstRatings.length, a - b),
  )
  return ranked.map(([id, genreRatings], at) => [
    at + 1,
    id,
    genres.get(id) ?? "",
    genreRatings.length,
    formatQuotient(BigInt(genreRatings.length) * 100n, BigInt(ratings.length), 2),
    new Set(genreRatings.map(({ user }) => user)).size,
    new Set(genreRatings.map(({ film }) => film.id)).size,
    formatQuotient(sumTenths(genreRatings), 10n * BigInt(genreRatings.length), 4),
    ...findRatedSpan(genreRatings),
  ])
}

interface FilmEarnings {
  readonly film: OracleFilm
  readonly revenue: bigint
  /** In cents of the base month. */
  readonly adjusted: bigint | null
}

/** Films with a revenue, adjusted where the index has their month. */
export function listEarnings(
  { films, priceIndex }: OracleFilms,
  choices: OracleChoices,
): readonly FilmEarnings[] {
  const base = priceIndex.get(choices.baseMonth) ?? 0n
  return [...films.values()].flatMap((film) => {
    const { revenue, released } = film
    if (revenue === null) return []
    const level = priceIndex.get((released ?? "").slice(0, 7))
    const adjusted =
      level === undefined ? null : (2n * revenue * 100n * base + level) / (2n * level)
    return [{ film, revenue, adjusted }]
  })
}

function findReleaseSpan(earned: readonly FilmEarnings[]): readonly (string | null)[] {
  const days = earned.map(({ film }) => film.released ?? "").toSorted()
  return [days[0] ?? null, days.at(-1) ?? null]
}

function listAdjusted(earned: readonly FilmEarnings[]): readonly bigint[] {
  return earned.flatMap(({ adjusted }) => adjusted ?? [])
}

/** Box office by quarter and month, row by row as published. */
export function summarizeBoxOffice(from: OracleFilms, choices: OracleChoices): readonly Row[] {
  const datedEarnings = listEarnings(from, choices).filter(({ film }) => film.released !== null)
  const month = ({ film }: FilmEarnings) => Number(film.released?.slice(5, 7))
  const periods = [
    ["quarter", 4, (earned: FilmEarnings) => Math.ceil(month(earned) / 3)],
    ["month", 12, month],
  ] as const
  return periods.flatMap(([period, periodCount, getPeriod]) =>
    Array.from({ length: periodCount }, (_, at) => at + 1).flatMap((number) => {
      const periodEarnings = datedEarnings.filter((earned) => getPeriod(earned) === number)
      return periodEarnings.length === 0
        ? []
        : [[period, number, ...computeBoxOffice(periodEarnings)]]
    }),
  )
}

function computeBoxOffice(periodEarnings: readonly FilmEarnings[]): Row {
  const revenues = periodEarnings.map(({ revenue }) => revenue)
  const adjusted = listAdjusted(periodEarnings)
  const adjustedCount = BigInt(adjusted.length)
  return [
    periodEarnings.length,
    sum(revenues).toString(),
    formatQuotient(sum(revenues), BigInt(periodEarnings.length), 2),
    formatMedian(revenues.map((revenue) => revenue * 100n)),
    adjusted.length,
    adjustedCount === 0n ? null : formatDecimal(sum(adjusted), 2),
    adjustedCount === 0n ? null : formatQuotient(sum(adjusted), 100n * adjustedCount, 2),
    adjustedCount === 0n ? null : formatMedian(adjusted),
    ...findReleaseSpan(periodEarnings),
  ]
}

/** Ranks genres by their revenue at constant prices; the rows are as published. */
export function rankGenreEarnings(from: OracleFilms, choices: OracleChoices): readonly Row[] {
  const byGenre = [...groupBy(listEarnings(from, choices), ({ film }) => film.genres)]
  const totals = byGenre.map(([id, genreFilms]) => ({
    id,
    genreFilms,
    total: sum(listAdjusted(genreFilms)),
  }))
  const ranked = totals.toSorted((a, b) => firstDifference(b.total - a.total, a.id - b.id))
  return ranked.map(({ id, genreFilms, total }, at) => {
    const inside = genreFilms.filter(({ adjusted }) => adjusted !== null)
    const outside = genreFilms.filter(({ adjusted }) => adjusted === null)
    return [
      at + 1,
      id,
      from.genres.get(id) ?? "",
      inside.length,
      formatDecimal(total, 2),
      inside.length === 0 ? null : formatQuotient(total, 100n * BigInt(inside.length), 2),
      sum(inside.map(({ revenue }) => revenue)).toString(),
      outside.length,
      sum(outside.map(({ revenue }) => revenue)).toString(),
      ...findReleaseSpan(inside),
    ]
  })
}

import type { OracleFilm, OracleFilms, OracleRating } from "./films-oracle.ts"
import { median, point, quotient, sum } from "./fractions.ts"

type Row = readonly (string | number | null)[]

export interface OracleChoices {
  readonly baseMonth: string
  readonly minimumRatings: number
  readonly highestRated: number
}

function grouped<T, K>(items: readonly T[], keysOf: (item: T) => readonly K[]): Map<K, T[]> {
  const groups = new Map<K, T[]>()
  for (const item of items)
    for (const key of keysOf(item)) {
      const group = groups.get(key)
      if (group === undefined) groups.set(key, [item])
      else group.push(item)
    }
  return groups
}

function dayOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 10)
}

function ratedSpan(ratings: readonly OracleRating[]): readonly [string, string] {
  const seconds = ratings.map((rating) => rating.seconds)
  const [first, last] = [
    seconds.reduce((a, b) => Math.min(a, b)),
    seconds.reduce((a, b) => Math.max(a, b)),
  ]
  return [dayOf(first), dayOf(last)]
}

function tenthsOf(ratings: readonly OracleRating[]): bigint {
  return BigInt(ratings.reduce((total, { tenths }) => total + tenths, 0))
}

function compared(...orders: readonly (number | bigint)[]): number {
  const [first] = orders.filter((order) => Number(order) !== 0)
  return first === undefined ? 0 : Number(first) < 0 ? -1 : 1
}

/** The highest rated films, row by row as published. */
export function highestRated({ ratings }: OracleFilms, choices: OracleChoices): readonly Row[] {
  const [all, total] = [BigInt(ratings.length), tenthsOf(ratings)]
  const least = BigInt(choices.minimumRatings)
  const scored = [...grouped(ratings, ({ film }) => [film.id]).values()].flatMap((own) => {
    const film = own[0]?.film
    if (film === undefined || own.length < choices.minimumRatings) return []
    const [many, tenths] = [BigInt(own.length), tenthsOf(own)]
    const score = quotient(tenths * all + least * total, 10n * all * (many + least), 4)
    const average = quotient(tenths, 10n * many, 4)
    return [{ film, own, average, score }]
  })
  const ranked = scored.toSorted((a, b) =>
    compared(Number(b.score) - Number(a.score), b.own.length - a.own.length, a.film.id - b.film.id),
  )
  return ranked.slice(0, choices.highestRated).map(({ film, own, average, score }, at) => {
    const year = film.released === null ? null : Number(film.released.slice(0, 4))
    return [at + 1, film.id, film.title, year, own.length, average, score, ...ratedSpan(own)]
  })
}

/** The most popular genres, row by row as published. */
export function popularGenres({ ratings, genres }: OracleFilms): readonly Row[] {
  const byGenre = [...grouped(ratings, ({ film }) => film.genres)]
  const ranked = byGenre.toSorted(([a, left], [b, right]) =>
    compared(right.length - left.length, a - b),
  )
  return ranked.map(([id, own], at) => [
    at + 1,
    id,
    genres.get(id) ?? "",
    own.length,
    quotient(BigInt(own.length) * 100n, BigInt(ratings.length), 2),
    new Set(own.map(({ user }) => user)).size,
    new Set(own.map(({ film }) => film.id)).size,
    quotient(tenthsOf(own), 10n * BigInt(own.length), 4),
    ...ratedSpan(own),
  ])
}

interface Earned {
  readonly film: OracleFilm
  readonly revenue: bigint
  /** In cents of the base month. */
  readonly adjusted: bigint | null
}

/** Films with a revenue, adjusted where the index has their month. */
export function earnings({ films, index }: OracleFilms, choices: OracleChoices): readonly Earned[] {
  const base = index.get(choices.baseMonth) ?? 0n
  return [...films.values()].flatMap((film) => {
    const { revenue, released } = film
    if (revenue === null) return []
    const level = index.get((released ?? "").slice(0, 7))
    const adjusted =
      level === undefined ? null : (2n * revenue * 100n * base + level) / (2n * level)
    return [{ film, revenue, adjusted }]
  })
}

function releasedSpan(earned: readonly Earned[]): readonly (string | null)[] {
  const days = earned.map(({ film }) => film.released ?? "").toSorted()
  return [days[0] ?? null, days.at(-1) ?? null]
}

function adjustedOf(earned: readonly Earned[]): readonly bigint[] {
  return earned.flatMap(({ adjusted }) => adjusted ?? [])
}

/** Box office by quarter and month, row by row as published. */
export function boxOffice(from: OracleFilms, choices: OracleChoices): readonly Row[] {
  const dated = earnings(from, choices).filter(({ film }) => film.released !== null)
  const month = ({ film }: Earned) => Number(film.released?.slice(5, 7))
  const cut = [
    ["quarter", 4, (earned: Earned) => Math.ceil(month(earned) / 3)],
    ["month", 12, month],
  ] as const
  return cut.flatMap(([period, many, numberOf]) =>
    Array.from({ length: many }, (_, at) => at + 1).flatMap((number) => {
      const own = dated.filter((earned) => numberOf(earned) === number)
      return own.length === 0 ? [] : [[period, number, ...boxOfficeFigures(own)]]
    }),
  )
}

function boxOfficeFigures(own: readonly Earned[]): Row {
  const revenues = own.map(({ revenue }) => revenue)
  const adjusted = adjustedOf(own)
  const many = BigInt(adjusted.length)
  return [
    own.length,
    sum(revenues).toString(),
    quotient(sum(revenues), BigInt(own.length), 2),
    median(revenues.map((revenue) => revenue * 100n)),
    adjusted.length,
    many === 0n ? null : point(sum(adjusted), 2),
    many === 0n ? null : quotient(sum(adjusted), 100n * many, 2),
    many === 0n ? null : median(adjusted),
    ...releasedSpan(own),
  ]
}

/** What genres earned at constant prices, row by row as published. */
export function genreEarnings(from: OracleFilms, choices: OracleChoices): readonly Row[] {
  const byGenre = [...grouped(earnings(from, choices), ({ film }) => film.genres)]
  const totals = byGenre.map(([id, own]) => ({ id, own, total: sum(adjustedOf(own)) }))
  const ranked = totals.toSorted((a, b) => compared(b.total - a.total, a.id - b.id))
  return ranked.map(({ id, own, total }, at) => {
    const inside = own.filter(({ adjusted }) => adjusted !== null)
    const outside = own.filter(({ adjusted }) => adjusted === null)
    return [
      at + 1,
      id,
      from.genres.get(id) ?? "",
      inside.length,
      point(total, 2),
      inside.length === 0 ? null : quotient(total, 100n * BigInt(inside.length), 2),
      sum(inside.map(({ revenue }) => revenue)).toString(),
      outside.length,
      sum(outside.map(({ revenue }) => revenue)).toString(),
      ...releasedSpan(inside),
    ]
  })
}

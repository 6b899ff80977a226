/** The members of a tweet that the assets read, in the format of Twitter 1.1. */
export interface Tweet {
  readonly id: number
  readonly created_at: string
  readonly source: string | null
  readonly retweet_count: number
  readonly favorite_count: number
  readonly text: string
  readonly extended_tweet?: { readonly full_text: string }
  readonly entities: { readonly symbols?: readonly { readonly text: string }[] }
  readonly user: {
    readonly id: number
    readonly name: string
    readonly created_at: string
    readonly location: string | null
    readonly description: string | null
    readonly followers_count: number
    readonly statuses_count: number
    readonly verified: boolean
  }
}

/** A quote in the format of Yahoo. */
export interface Quote {
  readonly id: string
  readonly price: number
  readonly timestamp: number
  readonly changePercent: number
  readonly dayVolume: number
  readonly change: number
}

const newYork = new Intl.DateTimeFormat("en-CA", { timeZone: "America/New_York" })

/** The day of New York on which an instant is. */
export function getNewYorkDay(instantMs: number): string {
  return newYork.format(instantMs)
}

/** Computes the rows of `tweets` from the tweets of a day. */
export function computeTweets(messages: readonly Tweet[]): readonly (readonly unknown[])[] {
  const newest = new Map<number, Tweet>()
  for (const tweet of messages.filter(hasTicker)) {
    const other = newest.get(tweet.id)
    if (other === undefined || compareCounts(tweet, other) > 0) newest.set(tweet.id, tweet)
  }
  return [...newest.values()].map((tweet) => [
    String(tweet.id),
    String(tweet.user.id),
    toIso(tweet.created_at),
    unwrapSource(tweet.source),
    tweet.retweet_count,
    tweet.favorite_count,
    tweet.extended_tweet?.full_text ?? tweet.text,
    [...new Set((tweet.entities.symbols ?? []).map(({ text }) => text.toUpperCase()))].toSorted(),
  ])
}

/** Computes the rows of `authors` from the tweets of a day. */
export function computeAuthors(messages: readonly Tweet[]): readonly (readonly unknown[])[] {
  const newest = new Map<number, Tweet>()
  for (const tweet of messages.filter(hasTicker)) {
    const other = newest.get(tweet.user.id)
    if (other === undefined || compareTimes(tweet, other) > 0) newest.set(tweet.user.id, tweet)
  }
  return [...newest.values()].map(({ user, created_at }) => [
    String(user.id),
    toIso(created_at),
    user.name,
    toIso(user.created_at),
    user.location,
    user.description,
    user.followers_count,
    user.statuses_count,
    user.verified,
  ])
}

/** Computes the rows of `tickers` from the quotes of a day. */
export function computeTickers(quotes: readonly Quote[]): readonly (readonly unknown[])[] {
  const distinct = [
    ...new Map(quotes.map((quote) => [JSON.stringify(quote), quote])).values(),
  ].toSorted(compareQuotes)
  const counts = new Map<string, number>()
  return distinct.map((quote) => {
    const key = `${quote.id} ${quote.timestamp}`
    const number = (counts.get(key) ?? 0) + 1
    counts.set(key, number)
    return [
      quote.id,
      toIso(quote.timestamp),
      number,
      quote.price,
      quote.changePercent,
      String(quote.dayVolume),
      quote.change,
    ]
  })
}

function compareQuotes(one: Quote, other: Quote): number {
  return (
    one.dayVolume - other.dayVolume ||
    one.price - other.price ||
    one.changePercent - other.changePercent ||
    one.change - other.change
  )
}

function hasTicker({ entities }: Tweet): boolean {
  return (entities.symbols ?? []).length > 0
}

function compareCounts(one: Tweet, other: Tweet): number {
  return one.retweet_count - other.retweet_count || one.favorite_count - other.favorite_count
}

function compareTimes(one: Tweet, other: Tweet): number {
  return Date.parse(one.created_at) - Date.parse(other.created_at) || one.id - other.id
}

/** Formats an instant without milliseconds that are 0. */
function toIso(time: string | number): string {
  return new Date(time).toISOString().replace(".000Z", "Z")
}

/** Takes the text between the first `>` and the next `<`. */
function unwrapSource(source: string | null): string | null {
  if (source === null || !source.includes(">")) return source
  return source.slice(source.indexOf(">") + 1).split("<")[0] ?? ""
}

/** The members of a tweet that the assets read, in the format of Twitter 1.1. */
export interface Tweet {
  /** A text if it is beyond the whole numbers of JavaScript. */
  readonly id: number | string
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
  return selectTweets(messages).map((tweet) => [
    String(tweet.id),
    String(tweet.user.id),
    toIso(tweet.created_at),
    unwrapSource(tweet.source),
    tweet.retweet_count,
    tweet.favorite_count,
    getText(tweet),
    listTickers(tweet),
  ])
}

/** Selects one message of each tweet that names a ticker: the one with the highest counts. */
export function selectTweets(messages: readonly Tweet[]): readonly Tweet[] {
  const newest = new Map<string, Tweet>()
  for (const tweet of messages.filter(hasTicker)) {
    const other = newest.get(String(tweet.id))
    if (other === undefined || compareCounts(tweet, other) > 0) newest.set(String(tweet.id), tweet)
  }
  return [...newest.values()]
}

/** Lists the tickers of a tweet in upper case, each once, sorted. */
export function listTickers({ entities }: Tweet): readonly string[] {
  return [...new Set((entities.symbols ?? []).map(({ text }) => text.toUpperCase()))].toSorted()
}

export function getText({ extended_tweet, text }: Tweet): string {
  return extended_tweet?.full_text ?? text
}

/** Computes the rows of `authors` from the tweets of a day. */
export function computeAuthors(messages: readonly Tweet[]): readonly (readonly unknown[])[] {
  return [...selectNewestTweets(messages).values()].map(({ user, created_at }) => [
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

/** Selects the newest tweet of each author. */
export function selectNewestTweets(messages: readonly Tweet[]): ReadonlyMap<number, Tweet> {
  const newest = new Map<number, Tweet>()
  for (const tweet of messages.filter(hasTicker)) {
    const other = newest.get(tweet.user.id)
    if (other === undefined || compareTimes(tweet, other) > 0) newest.set(tweet.user.id, tweet)
  }
  return newest
}

/** Computes the rows of `tickers` from the quotes of a day. */
export function computeTickers(quotes: readonly Quote[]): readonly (readonly unknown[])[] {
  const distinct = selectQuotes(quotes).toSorted(compareQuotes)
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

/** Selects quotes without messages that repeat another one. */
export function selectQuotes(quotes: readonly Quote[]): readonly Quote[] {
  return [...new Map(quotes.map((quote) => [JSON.stringify(quote), quote])).values()]
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
  return Date.parse(one.created_at) - Date.parse(other.created_at) || compareIds(one, other)
}

function compareIds(one: Tweet, other: Tweet): number {
  const [id, otherId] = [BigInt(one.id), BigInt(other.id)]
  return id < otherId ? -1 : Number(id > otherId)
}

/** Formats an instant without milliseconds that are 0. */
export function toIso(time: string | number): string {
  return new Date(time).toISOString().replace(".000Z", "Z")
}

/** Takes the text between the first `>` and the next `<`. */
function unwrapSource(source: string | null): string | null {
  if (source === null || !source.includes(">")) return source
  return source.slice(source.indexOf(">") + 1).split("<")[0] ?? ""
}

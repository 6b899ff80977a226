import { parseDay } from "@freshet/core/engine"

import type { DemoScale } from "../stocktwits/options.ts"
import type { DemoFile } from "../stocktwits/summary.ts"
import { toChunks } from "../to-chunks.ts"
import { createFileWriter } from "../write-file.ts"
import { generateLabelledTweets } from "./labelled-lines.ts"
import { createMarketDay } from "./market-day.ts"
import { generateQuotes } from "./quote-lines.ts"
import { type StockTweetsDemoSizes, stockTweetsDemoSizes } from "./sizes.ts"
import { generateTweets } from "./tweet-lines.ts"

/** Options of the generated files and their landing zone. The same options give the same bytes on any machine. */
export interface StockTweetsDemoOptions {
  readonly seed: number
  readonly landing: string
  readonly days: number
  /** The last day, as YYYY-MM-DD. */
  readonly until: string
}

/** The number of days after which late tweets land. */
const lateDays = 2

const labelledTweetsPath = "sentiment/labelled_tweets.csv"

/** Fills the landing zone with tweets, quotes and labelled tweets. */
export async function writeStockTweets(
  { scale, ...options }: StockTweetsDemoOptions & { readonly scale: DemoScale },
  onFile: (path: string) => void = () => {},
): Promise<readonly DemoFile[]> {
  return writeStockTweetsInSizes(stockTweetsDemoSizes[scale], options, onFile)
}

/** Fills the landing zone with tweets and quotes in given numbers. */
export async function writeStockTweetsInSizes(
  sizes: StockTweetsDemoSizes,
  { seed, landing, days, until }: StockTweetsDemoOptions,
  onFile: (path: string) => void = () => {},
): Promise<readonly DemoFile[]> {
  const lastDay = parseDay(until)
  if (lastDay === undefined) throw new RangeError(`${until} is not a day`)
  const write = createFileWriter(landing)
  const files: DemoFile[] = []
  const land = async (path: string, lines: Iterable<string>) => {
    onFile(path)
    files.push((await write(path, toChunks(lines))).file)
  }
  await land(labelledTweetsPath, generateLabelledTweets(seed, sizes.labelledTweets))
  for (let day = lastDay - days + 1; day <= lastDay; day += 1) {
    const isLateLanded = day + lateDays <= lastDay
    for (const [path, lines] of listFiles({ ...sizes, seed }, day, isLateLanded))
      await land(path, lines)
  }
  return files
}

/** The path of the file with the tweets of a day that arrived in time. */
export function getTweetsPath(day: string): string {
  return `twitter/${day.replaceAll("-", "/")}/tweets.json`
}

/** Lists the files of a day; shares are not traded on Saturdays and Sundays. */
function listFiles(
  options: StockTweetsDemoSizes & { readonly seed: number },
  day: number,
  isLateLanded: boolean,
): readonly (readonly [path: string, lines: Iterable<string>])[] {
  const marketDay = createMarketDay(options.seed, day)
  const folder = marketDay.key.replaceAll("-", "/")
  const quotes = [`stocks/${folder}/quotes.json`, generateQuotes(options, marketDay)] as const
  const lateTweets = [
    `twitter/${folder}/late-tweets.json`,
    selectTweets(generateTweets(options, marketDay), true),
  ] as const
  return [
    ...(marketDay.tradingMinutes === undefined ? [] : [quotes]),
    ...(isLateLanded ? [lateTweets] : []),
    [getTweetsPath(marketDay.key), selectTweets(generateTweets(options, marketDay), false)],
  ]
}

function* selectTweets(tweets: ReturnType<typeof generateTweets>, late: boolean): Iterable<string> {
  for (const { line, isLate } of tweets) if (isLate === late) yield line
}

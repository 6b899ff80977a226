import { createRandom, type Random } from "@freshet/core/engine"

import type { People } from "./people.ts"

const splitWords = (list: string): readonly string[] => list.trim().split(/\s+/)

const carefulWords = splitWords(`
  earnings guidance margin revenue valuation filing debt dividend quarter forecast cashflow balance
  support resistance volume average breakout hedge risk exit position sector report estimate`)

const carelessWords = splitWords(`
  moon rocket lambo squeeze yolo ape diamond hands pump guaranteed easy money loading wow lol
  tomorrow insane bagholder scam dump haters crying 🚀 💎 !!!`)

const commonWords = splitWords(`
  the a to of in on and this that is up down buy sell hold today week price chart market stock looks`)

const tickers = splitWords("$AAPL $TSLA $AMZN $SPY $NVDA $GME $BB $AMD $MSFT $F")

/** A generated message as it lands. */
interface MessageOptions {
  readonly seed: number
  readonly people: People
  readonly messagesPerDay: number
}

/** Generates the messages of a day as JSON lines. People who write with care use other words. */
export function* generateMessages(
  { seed, people, messagesPerDay }: MessageOptions,
  day: number,
): Iterable<string> {
  const random = createRandom(seed, "messages", day)
  for (let number = 0; number < messagesPerDay; number += 1) {
    const user = people.draw(random)
    const id = day * 10_000_000 + number + 1
    const parent = random.below(3) === 0 && number > 0 ? id - 1 - random.below(number) : null
    yield JSON.stringify({
      id,
      body: drawBody(people, user, random),
      created_at: `${new Date(day * dayMs + random.below(dayMs)).toISOString().slice(0, 19)}Z`,
      source: { id: 1149, title: "Web" },
      conversation: parent === null ? null : { parent_message_id: parent, parent: false },
      entities: { sentiment: drawSentiment(random) },
      user_id: user,
      recommended: people.isCareful(user),
      ...(random.below(10) === 0 ? { links: [{ description: "A report on the market" }] } : {}),
    })
  }
}

const dayMs = 86_400_000

function drawSentiment(random: Random): { readonly basic: string } | null {
  const choice = random.below(4)
  if (choice > 1) return null
  return { basic: choice === 0 ? "Bullish" : "Bearish" }
}

function drawBody(people: People, user: number, random: Random): string {
  const ownWords = people.isCareful(user) ? carefulWords : carelessWords
  const words = Array.from({ length: 4 + random.below(9) }, () => {
    const choice = random.below(10)
    if (choice === 0) return pick(tickers, random)
    if (choice === 1) return pick(random.below(2) === 0 ? carefulWords : carelessWords, random)
    return pick(choice < 6 ? commonWords : ownWords, random)
  })
  const mention = random.below(5) === 0 ? [`@person${people.draw(random)}`] : []
  const link = random.below(12) === 0 ? [`https://example.com/${random.below(1000)}`] : []
  return [...mention, ...words, ...link].join(" ")
}

function pick(words: readonly string[], random: Random): string {
  return words[random.below(words.length)] ?? ""
}

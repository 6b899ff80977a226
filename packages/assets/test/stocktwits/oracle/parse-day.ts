import { type Fault, parseLine, type StocktwitsEvent } from "./parse-line.ts"

type EventByAction<A extends StocktwitsEvent["action"]> = Extract<StocktwitsEvent, { action: A }>

export interface QuarantinedLine {
  readonly day: string
  /** From 1, blank lines counted. */
  readonly line: number
  readonly text: string
  readonly fault: Fault
}

export interface ParsedDay {
  readonly day: string
  readonly lines: number
  readonly blank: number
  readonly follows: readonly EventByAction<"follow">[]
  readonly subscribes: readonly EventByAction<"subscribe">[]
  readonly messages: readonly EventByAction<"message">[]
  readonly likes: readonly EventByAction<"like">[]
  readonly quarantined: readonly QuarantinedLine[]
}

/**
 * One day's file. Within it the first acceptable line with a message_id is the message and later
 * ones are quarantined; a line quarantined for another fault does not take the id.
 */
export function parseDay(day: string, lines: readonly string[]): ParsedDay {
  const parsed = lines.map((text, index) => ({ day, line: index + 1, text, ...parseLine(text) }))
  const messageIds = new Set<number>()
  const events: StocktwitsEvent[] = []
  const quarantined: QuarantinedLine[] = []
  for (const item of parsed) {
    if (item.kind === "blank") continue
    const { line, text } = item
    if (item.kind === "quarantined") {
      quarantined.push({ day, line, text, fault: item.fault })
    } else if (item.event.action === "message" && messageIds.has(item.event.message_id)) {
      quarantined.push({ day, line, text, fault: "duplicate_message" })
    } else {
      if (item.event.action === "message") messageIds.add(item.event.message_id)
      events.push(item.event)
    }
  }
  return {
    day,
    lines: lines.length,
    blank: parsed.filter((item) => item.kind === "blank").length,
    follows: events.filter((event) => event.action === "follow"),
    subscribes: events.filter((event) => event.action === "subscribe"),
    messages: events.filter((event) => event.action === "message"),
    likes: events.filter((event) => event.action === "like"),
    quarantined,
  }
}

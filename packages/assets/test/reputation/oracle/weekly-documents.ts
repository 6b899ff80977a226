/** A message as it is landed. */
export interface LandedMessage {
  readonly id: number
  readonly user_id: number
  readonly body: string
  /** `2026-01-05T10:00:00Z`. */
  readonly created_at: string
  readonly recommended: boolean
}

/** Cleans the text of a message step by step. */
export function cleanText(body: string): string {
  return body
    .replaceAll(/@[\p{L}\p{N}_]+/gu, "")
    .replaceAll(/https?:\/\/[^\s]+/g, "http")
    .replaceAll(/[!"#$%&'()*+,\-./:;<=>?@[\\\]^_`{|}~]/g, "")
    .replaceAll(/[^ -~\s]|[\u0080-\uffff]/gu, "")
    .replaceAll(/\d+/g, "")
    .toLowerCase()
}

/** Joins the messages of each person and ISO week in the order of time: `1 2026-01-05` → text and label. */
export function joinWeeks(
  messages: readonly LandedMessage[],
): ReadonlyMap<string, { readonly text: string; readonly isGood: boolean }> {
  const groups = new Map<string, LandedMessage[]>()
  for (const message of messages) {
    const key = `${message.user_id} ${findMonday(message.created_at.slice(0, 10))}`
    groups.set(key, [...(groups.get(key) ?? []), message])
  }
  return new Map(
    [...groups].map(([key, group]) => {
      const sorted = group.toSorted(
        (one, other) =>
          Date.parse(one.created_at) - Date.parse(other.created_at) || one.id - other.id,
      )
      const good = group.filter(({ recommended }) => recommended).length
      const text = sorted.map(({ body }) => cleanText(body)).join(" ")
      return [key, { text, isGood: good * 2 > group.length }]
    }),
  )
}

function findMonday(day: string): string {
  const ms = Date.parse(day)
  const daysSinceMonday = (new Date(ms).getUTCDay() + 6) % 7
  return new Date(ms - daysSinceMonday * 86_400_000).toISOString().slice(0, 10)
}

import { FreshetError } from "@freshet/core/engine"

import type { LandingFiles } from "./landing-files.ts"
import { recoverJournal } from "./landing-journal.ts"
import type { OffsetBounds, Position } from "./stream-reader.ts"

/** The end of the journal of a partition of a topic, and the offsets that the partition has. */
export interface JournalPosition extends OffsetBounds, Position {}

interface PositionOptions {
  readonly files: LandingFiles
  readonly skipDeleted: boolean
}

/** Finds the positions at which the journals end. Fails if Kafka does not have the messages that follow. */
export function findPositions(
  { files, skipDeleted }: PositionOptions,
  bounds: readonly OffsetBounds[],
): Promise<readonly JournalPosition[]> {
  return Promise.all(
    bounds.map(async (partition) => {
      const { next, isEmpty } = await recoverJournal(files, partition)
      const position = { ...partition, next }
      if (!isEmpty) requireMessages(position, skipDeleted)
      return position
    }),
  )
}

/** Moves a position to the first message that Kafka has. */
export function skipToFirst({ topic, partition, next, first }: JournalPosition): Position {
  return { topic, partition, next: Math.max(next, first) }
}

function requireMessages(
  { topic, partition, next, first, end }: JournalPosition,
  skipDeleted: boolean,
): void {
  if (next > end)
    throw new FreshetError(
      "input",
      `Messages of ${topic}, partition ${partition}, have landed up to offset ${next - 1}, but it ends at ${end}: the topic was created again.`,
      {
        isTransient: true,
        hint: `Create it with another name, or move .streams/${topic} and its files away.`,
      },
    )
  if (next < first && !skipDeleted)
    throw new FreshetError(
      "input",
      `Kafka deleted the messages ${next} to ${first - 1} of ${topic}, partition ${partition}, before they landed.`,
      { hint: "Pass --skip-deleted to land the messages after them." },
    )
}

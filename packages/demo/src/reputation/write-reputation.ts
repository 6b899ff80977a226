import { parseDay } from "@freshet/core/engine"

import type { DemoScale } from "../stocktwits/options.ts"
import type { DemoFile } from "../stocktwits/summary.ts"
import { toChunks } from "../to-chunks.ts"
import { createFileWriter } from "../write-file.ts"
import {
  generateEngagements,
  generateFollows,
  generatePeople,
  messageKinds,
} from "./engagement-lines.ts"
import { generateMessages } from "./message-lines.ts"
import { createPeople } from "./people.ts"
import { type ReputationDemoSizes, reputationDemoSizes } from "./sizes.ts"

/** Options of the generated files and their landing zone. The same options give the same bytes on any machine. */
export interface ReputationDemoOptions {
  readonly seed: number
  readonly landing: string
  readonly days: number
  /** The last day, as YYYY-MM-DD. */
  readonly until: string
}

/** Fills the landing zone with snapshots of engagements and people, and with messages in whose words reputation shows. */
export async function writeReputation(
  { scale, ...options }: ReputationDemoOptions & { readonly scale: DemoScale },
  onFile: (path: string) => void = () => {},
): Promise<readonly DemoFile[]> {
  return writeReputationInSizes(reputationDemoSizes[scale], options, onFile)
}

/** Fills the landing zone with people, events and messages in given numbers. */
export async function writeReputationInSizes(
  sizes: ReputationDemoSizes,
  { seed, landing, days, until }: ReputationDemoOptions,
  onFile: (path: string) => void = () => {},
): Promise<readonly DemoFile[]> {
  const people = createPeople(seed, sizes.people)
  const options = { ...sizes, seed, people }
  const lastDay = parseDay(until)
  if (lastDay === undefined) throw new RangeError(`${until} is not a day`)
  const write = createFileWriter(landing)
  const files: DemoFile[] = []
  for (let day = lastDay - days + 1; day <= lastDay; day += 1) {
    const name = new Date(day * 86_400_000).toISOString().slice(0, 10)
    const contents: readonly (readonly [path: string, lines: Iterable<string>])[] = [
      [`follow/${name}.csv`, generateFollows(options, { follows: sizes.follows, day })],
      ...messageKinds.map(
        (kind) => [`${kind}/${name}.csv`, generateEngagements(kind, options, day)] as const,
      ),
      [`user/${name}.csv`, generatePeople(people)],
      [`messages/${name}.json`, generateMessages(options, day)],
    ]
    for (const [path, lines] of contents) {
      onFile(`reputation/${path}`)
      files.push((await write(`reputation/${path}`, toChunks(lines))).file)
    }
  }
  return files
}

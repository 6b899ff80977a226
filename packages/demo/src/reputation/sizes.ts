import type { DemoScale } from "../stocktwits/options.ts"

/** Numbers of people, and of events and messages of one day. */
export interface ReputationDemoSizes {
  readonly people: number
  readonly follows: number
  readonly engagementsPerDay: number
  readonly messagesPerDay: number
}

/** Sizes of each scale. */
export const reputationDemoSizes: Readonly<Record<DemoScale, ReputationDemoSizes>> = {
  S: { people: 300, follows: 2_000, engagementsPerDay: 300, messagesPerDay: 300 },
  M: { people: 20_000, follows: 200_000, engagementsPerDay: 20_000, messagesPerDay: 20_000 },
  L: { people: 500_000, follows: 10_000_000, engagementsPerDay: 440_000, messagesPerDay: 110_000 },
}

/** What one may choose about the recommendations. Each value is part of the code version of what depends on it. */
export interface StocktwitsSettings {
  /** How many days end with a partition's own in its window; also how far back a like looks for its message. */
  readonly windowDays: number
  /** How many users, and how many rooms, are a user's closest. */
  readonly closest: number
  /** How many users, and how many rooms, are recommended to a user. */
  readonly recommendations: number
  /** Whether a user who follows, mentions or likes themselves is engaged with themselves. */
  readonly selfEngagements: "drop" | "keep"
  /** Which follows and subscriptions rule out a recommendation: all up to the day, or those of the window. */
  readonly alreadyConnected: "to_date" | "window"
}

export const defaultStocktwitsSettings: StocktwitsSettings = {
  windowDays: 7,
  closest: 10,
  recommendations: 10,
  selfEngagements: "drop",
  alreadyConnected: "to_date",
}

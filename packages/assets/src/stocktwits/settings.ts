/** Settings of the recommendations. Each value is part of the code version of the assets that use it. */
export interface StocktwitsSettings {
  /** Days in the window that ends with a partition; also the days in which the message of a like is looked up. */
  readonly windowDays: number
  /** Number of closest users, and of closest rooms, of each user. */
  readonly closest: number
  /** Number of users, and of rooms, recommended to each user. */
  readonly recommendations: number
  /** Keep or drop the engagements of users with themselves. */
  readonly selfEngagements: "drop" | "keep"
  /** Follows and subscriptions that exclude a recommendation: all up to the day, or those of the window. */
  readonly alreadyConnected: "to_date" | "window"
}

export const defaultStocktwitsSettings: StocktwitsSettings = {
  windowDays: 7,
  closest: 10,
  recommendations: 10,
  selfEngagements: "drop",
  alreadyConnected: "to_date",
}

import { type GroupAutomation, onArrival, schedule } from "@freshet/core"

/** Recommendations and reputation are materialized each morning for the day before, films and stock tweets as soon as a file has landed: a late tweet corrects its day. */
export const automation: GroupAutomation = {
  stocktwits: schedule("0 6 * * *", { zone: "UTC" }),
  movies: onArrival(),
  reputation: schedule("0 8 * * *", { zone: "UTC" }),
  stock_tweets: onArrival(),
}

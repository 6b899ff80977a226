import { type GroupAutomation, onArrival, schedule } from "@freshet/core"

/** Recommendations and reputation are materialized each morning for the day before, films as soon as a file has landed. */
export const automation: GroupAutomation = {
  stocktwits: schedule("0 6 * * *", { zone: "UTC" }),
  movies: onArrival(),
  reputation: schedule("0 8 * * *", { zone: "UTC" }),
}

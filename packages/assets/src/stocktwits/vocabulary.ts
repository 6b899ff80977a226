/** Asset classes that users trade, in the order of the published columns. */
export const assetClasses = [
  "Bonds",
  "Equities",
  "Forex",
  "Futures",
  "Options",
  "Private Companies",
] as const

/** Topics of rooms, in the order of the published columns. */
export const roomTopics = [
  "Biotechnology",
  "Cryptocurrencies",
  "Day Trading",
  "ETFs",
  "Education",
  "Energy",
  "Equities",
  "Forex",
  "Fundamentals",
  "Futures",
  "Global Macro",
  "Green Energy",
  "Long Term Investing",
  "Momentum Trading",
  "News",
  "Non-Market Talk",
  "Options",
  "Personal Finance",
  "Precious Metals",
  "Quant",
  "Swing Trading",
  "Technicals",
  "Technology",
] as const

/** Converts "Non-Market Talk" to `non_market_talk`. */
export function toIndicatorName(value: string): string {
  return value.toLowerCase().replaceAll(/[ -]/g, "_")
}

export { readLandingFolder } from "./stocktwits/landing-folder.ts"
export { computeStocktwits, type OracleInput } from "./stocktwits/oracle/stocktwits-oracle.ts"
export {
  computeMinutePrices,
  computeMinuteSums,
  computeTickerTweets,
} from "./stock-tweets/minutes-oracle.ts"
export {
  computeAuthors,
  computeTickers,
  computeTweets,
  getNewYorkDay,
  type Quote,
  type Tweet,
} from "./stock-tweets/oracle.ts"

export { readLandingFolder } from "./stocktwits/landing-folder.ts"
export { computeStocktwits, type OracleInput } from "./stocktwits/oracle/stocktwits-oracle.ts"

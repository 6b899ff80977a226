export type { DefinitionsSettings } from "./definitions.ts"
export { definitions } from "./definitions.ts"
export { stocktwits } from "./stocktwits/index.ts"
export type { StocktwitsSettings } from "./stocktwits/settings.ts"

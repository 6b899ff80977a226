export type { TestRow } from "./test-rows.ts"
export { rowsOf } from "./test-rows.ts"
export type { AssetTest } from "./test-asset.ts"
export { testAsset } from "./test-asset.ts"

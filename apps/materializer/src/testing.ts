export type { AssetTest, TestRow } from "@freshet/io/asset-test"
export { rowsOf, testAsset } from "@freshet/io/asset-test"

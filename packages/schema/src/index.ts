export type { ColumnsOf, Descriptions } from "./columns-of.ts"
export { columnsOf } from "./columns-of.ts"
export type { RecordedChange, RecordedRead } from "./ledger.ts"
export {
  checkResults,
  freshet,
  lineCounts,
  materializations,
  publications,
  queryTexts,
  runs,
  sourceFiles,
  steps,
} from "./ledger.ts"
export {
  roomRecReasons,
  roomRecs,
  rooms,
  stocktwits,
  userRecReasons,
  userRecs,
  users,
} from "./stocktwits.ts"
export { migrationsFolder } from "./migrations-folder.ts"

export type { ColumnsOf, Descriptions } from "./columns-of.ts"
export { columnsOf } from "./columns-of.ts"
export type { RecordedChange, RecordedRead } from "./ledger.ts"
export {
  checkResults,
  lineCounts,
  materializations,
  publications,
  runs,
  steps,
} from "./ledger.ts"
export {
  roomRecReasons,
  roomRecs,
  rooms,
  userRecReasons,
  userRecs,
  users,
} from "./stocktwits.ts"
export { migrationsFolder } from "./migrations-folder.ts"

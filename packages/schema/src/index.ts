export type { ColumnsFromTable, Descriptions } from "./columns-from-table.ts"
export { columnsFromTable } from "./columns-from-table.ts"
export { getMigrationsFolder } from "./migrations-folder.ts"

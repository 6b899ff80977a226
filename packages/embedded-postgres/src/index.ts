export { withPostgres } from "./with-postgres.ts"

export { readPostgresStatus } from "./postgres-status.ts"
export { setStayUp } from "./stay-up.ts"
export { withPostgres } from "./with-postgres.ts"

export type { PostgresStatus } from "./postgres/postgres-status.ts"
export { postgresStatus } from "./postgres/postgres-status.ts"
export type { PostgresOptions } from "./postgres/with-postgres.ts"
export { withPostgres } from "./postgres/with-postgres.ts"

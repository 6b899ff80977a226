export { findInstalledPostgres, withInstalledPostgres } from "./installed-postgres.ts"
export { getSupervisorCommand } from "./supervisor-command.ts"
export { openTestDatabase, type TestDatabase, withTestDatabase } from "./with-test-database.ts"
export { waitUntil } from "./wait-until.ts"

export { getSupervisorCommand } from "./supervisor-command.ts"
export { holdTestServer, openTestDatabase, withTestDatabase } from "./with-test-database.ts"
export { waitUntil } from "./wait-until.ts"

// What it takes to see that the ledger has not changed, apart from the rest: who finds that loads nothing else.
export { withLedger } from "./ledger/connection.ts"
export { readStanding } from "./ledger/standing.ts"
export { withPostgres } from "./postgres/with-postgres.ts"

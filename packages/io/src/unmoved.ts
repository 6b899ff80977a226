// What it takes to see that nothing has changed, apart from the rest: who finds that loads nothing else.
export { isAsSeen } from "./landing/landing-marks.ts"
export { withLedger } from "./ledger/connection.ts"
export { readStanding } from "./ledger/standing.ts"
export { withPostgres } from "./postgres/with-postgres.ts"

import { testKilledRuns } from "./kill-runs.ts"

testKilledRuns(4)

import type { LandingMarks } from "@freshet/io"
import { isAsSeen, readStanding, withLedger, withPostgres } from "@freshet/io/unmoved"
import { migrationsFolder } from "@freshet/schema/migrations-folder"

import type { Settings } from "../config.ts"
import { isEmpty } from "./empty-plan.ts"
import type { Planned } from "./project.ts"

/**
 * What an empty plan rests on. A plan follows from the program, the declarations, the request, and what `readProject`
 * and `planOnStored` look at: the ledger, the landing zone, the files of the lake that it counts on, and the clock,
 * which only says which partitions are over. So the same request comes out the same while all of that is the same.
 */
export interface PlanBasis {
  /** How the ledger stood. */
  readonly ledger: string
  readonly landing: LandingMarks
  /** Files of the lake that were there. */
  readonly files: readonly string[]
  /** From when on, and until when, no partition ends. */
  readonly fromMs: number
  readonly untilMs?: number | undefined
}

/** What a plan rests on; undefined unless it is empty, and certain without a warning. */
export async function basisOf({ project, plan, files }: Planned): Promise<PlanBasis | undefined> {
  const isCertain = isEmpty(plan) && project.warnings.length === 0
  return isCertain && files !== undefined ? project.basis(files) : undefined
}

/** What looks besides this program. */
interface Programs {
  readonly keeperCommand: readonly string[]
  readonly helperPath: string
}

/** Whether an empty plan that rests on this would be found again. What cannot be read may have changed. */
export async function holds(
  settings: Settings,
  { keeperCommand, helperPath }: Programs,
  basis: PlanBasis,
): Promise<boolean> {
  const nowMs = Date.now()
  if (nowMs < basis.fromMs || nowMs >= (basis.untilMs ?? Infinity)) return false
  const { landing: landingFolder, lake } = settings
  const [ledger, files] = await Promise.allSettled([
    readLedger(settings, keeperCommand),
    isAsSeen({ landingFolder, marks: basis.landing, lake, files: basis.files }, helperPath),
  ])
  const isLedgerAsItWas = ledger.status === "fulfilled" && ledger.value === basis.ledger
  return isLedgerAsItWas && files.status === "fulfilled" && files.value
}

function readLedger({ databaseUrl, home }: Settings, keeperCommand: readonly string[]) {
  return withPostgres({ databaseUrl, home, keeperCommand }, (url) =>
    withLedger(url, (client) => readStanding(client, migrationsFolder())),
  )
}

import type { LandingMarks } from "@freshet/io"
import { isAsSeen } from "@freshet/io/unmoved-files"

import type { Settings } from "../config.ts"

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
  // Files first: what reads the ledger loads while a second thread, if there is one, comes up.
  const [files, ledger] = await Promise.allSettled([
    isAsSeen({ landingFolder, marks: basis.landing, lake, files: basis.files }, helperPath),
    readLedger(settings, keeperCommand),
  ])
  const isLedgerAsItWas = ledger.status === "fulfilled" && ledger.value === basis.ledger
  return isLedgerAsItWas && files.status === "fulfilled" && files.value
}

async function readLedger(settings: Settings, keeperCommand: readonly string[]) {
  const { ledgerNow } = await import("./ledger-now.ts")
  return ledgerNow(settings, keeperCommand)
}

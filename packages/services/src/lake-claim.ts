import { ProblemsError } from "@freshet/core/engine"
import { type LedgerClient, readLedgerId, type Store } from "@freshet/io"

/** A lake and what keeps it. */
interface LakeContext {
  readonly store: Store
  readonly client: LedgerClient
}

/** Makes a lake the ledger's own. Of two ledgers over one lake each would clear away what the other one keeps: another's is refused. */
export async function claimLake({ store, client }: LakeContext): Promise<void> {
  const ledger = await readLedgerId(client)
  if ((await store.claim(ledger)) !== ledger) throw lakeClaimedError(store.locate())
}

/** Whether a lake is the ledger's own; false when it is nobody's. Another's is refused. */
export async function ownsLake({ store, client }: LakeContext): Promise<boolean> {
  const owner = await store.owner()
  if (owner !== undefined && owner !== (await readLedgerId(client)))
    throw lakeClaimedError(store.locate())
  return owner !== undefined
}

function lakeClaimedError(lake: string): ProblemsError {
  const problem = {
    kind: "usage",
    message: `The lake ${lake} belongs to another ledger.`,
    hint: `See that DATABASE_URL, FRESHET_HOME and FRESHET_LAKE belong together. If that ledger is gone for good, remove ${lake}/.owner: the next run takes the lake over.`,
  }
  return new ProblemsError("usage", [problem])
}

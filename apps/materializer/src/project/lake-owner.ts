import { ProblemsError } from "@freshet/core"
import { type LedgerClient, readLedgerName, type Store } from "@freshet/io"

/** A lake and what keeps it. */
interface Lake {
  readonly lake: string
  readonly store: Store
  readonly client: LedgerClient
}

/** Makes a lake the ledger's own. Of two ledgers over one lake each would clear away what the other one keeps: another's is refused. */
export async function takeLake({ lake, store, client }: Lake): Promise<void> {
  const ledger = await readLedgerName(client)
  if ((await store.take(ledger)) !== ledger) throw takenLake(lake)
}

/** Whether a lake is the ledger's own; false when it is nobody's. Another's is refused. */
export async function ownsLake({ lake, store, client }: Lake): Promise<boolean> {
  const owner = await store.owner()
  if (owner !== undefined && owner !== (await readLedgerName(client))) throw takenLake(lake)
  return owner !== undefined
}

function takenLake(lake: string): ProblemsError {
  const problem = {
    kind: "usage",
    message: `The lake ${lake} belongs to another ledger.`,
    hint: `See that DATABASE_URL, FRESHET_HOME and FRESHET_LAKE belong together. If that ledger is gone for good, remove ${lake}/.owner: the next run takes the lake over.`,
  }
  return new ProblemsError("usage", [problem])
}

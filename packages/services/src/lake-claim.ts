import { ProblemsError } from "@freshet/core/engine"

import type { Project } from "./project.ts"

/** A lake, and the ledger that references its files. */
type LakeContext = Pick<Project, "store" | "ledger">

/** Claims a lake for the ledger; fails when another ledger owns it, since each would delete the other's files. */
export async function claimLake({ store, ledger }: LakeContext): Promise<void> {
  const id = await ledger.readId()
  if ((await store.claim(id)) !== id) throw lakeClaimedError(store.locate())
}

/** Says if the ledger owns a lake; false for a lake without owner. Fails when another ledger owns it. */
export async function ownsLake({ store, ledger }: LakeContext): Promise<boolean> {
  const owner = await store.owner()
  if (owner !== undefined && owner !== (await ledger.readId()))
    throw lakeClaimedError(store.locate())
  return owner !== undefined
}

function lakeClaimedError(lake: string): ProblemsError {
  const problem = {
    kind: "usage",
    message: `The lake ${lake} belongs to another ledger.`,
    hint: `See that DATABASE_URL, FRESHET_HOME and FRESHET_LAKE belong together. If that ledger no longer exists, remove ${lake}/.owner: the next run claims the lake.`,
  }
  return new ProblemsError("usage", [problem])
}

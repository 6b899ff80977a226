import { Link } from "@tanstack/react-router"
import type { ReactNode } from "react"

import type { AssetStateDocument } from "../../api/documents.ts"
import type { StateName } from "../../ui/state-names.ts"
import { DueSoon, State } from "../../ui/state.tsx"
import { matchesState } from "./matches-state.ts"

import classes from "./catalog.module.css"

const chipStates: readonly StateName[] = [
  "failed",
  "blocked",
  "stale",
  "overdue",
  "missing",
  "source",
]

/** Filters by state, each with its count. */
export function StateChips({
  assets,
  state: currentState,
}: {
  readonly assets: readonly AssetStateDocument[]
  readonly state: string | undefined
}) {
  const count = (state: string | undefined) =>
    assets.filter((asset) => matchesState(asset, state)).length
  return (
    <nav className={classes["chips"]} aria-label="States">
      <Chip state={undefined} currentState={currentState}>
        All <span className="faint">{count(undefined)}</span>
      </Chip>
      <Chip state="attention" currentState={currentState}>
        Needs attention <span className="faint">{count("attention")}</span>
      </Chip>
      {count("due_soon") === 0 && currentState !== "due_soon" ? null : (
        <Chip state="due_soon" currentState={currentState}>
          <DueSoon /> <span className="faint">{count("due_soon")}</span>
        </Chip>
      )}
      {chipStates.map((state) => (
        <Chip key={state} state={state} currentState={currentState}>
          <State state={state} /> <span className="faint">{count(state)}</span>
        </Chip>
      ))}
    </nav>
  )
}

function Chip({
  state,
  currentState,
  children,
}: {
  readonly state: string | undefined
  readonly currentState: string | undefined
  readonly children: ReactNode
}) {
  return (
    <Link
      to="/catalog"
      search={({ selection }: { readonly selection?: string }) => ({
        ...(selection === undefined ? {} : { selection }),
        ...(state === undefined ? {} : { state }),
      })}
      className={classes["chip"]}
      activeOptions={{ exact: true }}
      aria-current={state === currentState ? "page" : undefined}
    >
      {children}
    </Link>
  )
}

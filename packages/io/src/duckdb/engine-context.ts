import type { Store } from "../store/store.ts"
import type { Session } from "./session.ts"

/** What the engine works with. */
export interface EngineContext {
  readonly session: Session
  readonly store: Store
  /** Local path of a file in the landing zone. */
  readonly landedPath: (path: string) => string
  /** Tells code that it should stop. */
  readonly signal?: AbortSignal | undefined
}

import type { LogMessage } from "@freshet/core/engine"

import type { Store } from "../store/store.ts"
import type { Session } from "./session.ts"

/** Everything that the engine's tasks need. */
export interface EngineContext {
  readonly session: Session
  readonly store: Store
  /** Returns the local path of a file in the landing zone. */
  readonly landedPath: (path: string) => string
  /** Aborted when the work must stop. */
  readonly signal?: AbortSignal | undefined
  /** Receives the messages that code of assets prints. */
  readonly log?: ((message: LogMessage) => void) | undefined
  /** Aborted when the time limit of the work has passed: code of assets is no longer waited for. */
  readonly timeout?: AbortSignal | undefined
}

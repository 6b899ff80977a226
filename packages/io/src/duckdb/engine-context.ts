import type { LogMessage } from "@freshet/core/engine"

import type { CodeProcesses } from "../code/code-processes.ts"
import type { LandingZone } from "../landing/landing-zone.ts"
import type { Store } from "../store/store.ts"
import type { Session } from "./session.ts"

/** Everything that the engine's tasks need. */
export interface EngineContext {
  readonly session: Session
  readonly store: Store
  readonly landingZone: Pick<LandingZone, "localPath" | "hashBytes">
  /** Aborted when the work must stop. */
  readonly signal?: AbortSignal | undefined
  /** Receives the messages that code of assets prints. */
  readonly log?: ((message: LogMessage) => void) | undefined
  /** The processes that run code of assets. Without them code runs in this process. */
  readonly codeProcesses?: CodeProcesses | undefined
  /** Aborted when the time limit of the work has passed: code of assets is no longer waited for. */
  readonly timeout?: AbortSignal | undefined
}

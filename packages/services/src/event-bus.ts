import type { ServiceEvent } from "./events.ts"

/** Distributes the events of a process's services to its listeners. */
export interface EventBus {
  readonly emit: (event: ServiceEvent) => void
  /** Adds a listener; the result removes it. */
  readonly subscribe: (listener: (event: ServiceEvent) => void) => () => void
}

/** Creates an event bus without listeners. */
export function createEventBus(): EventBus {
  const listeners = new Set<(event: ServiceEvent) => void>()
  return {
    emit: (event) => {
      for (const listener of listeners) listener(event)
    },
    subscribe: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}

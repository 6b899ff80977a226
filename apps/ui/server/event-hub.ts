/** One event with the id under which a page continues after it. */
export interface HubEvent<E> {
  readonly id: string
  readonly event: E
}

type Listener<E> = (event: HubEvent<E>) => void

/** Distributes events to the open pages, and retains the latest for those that reconnect. */
export interface EventHub<E> {
  readonly publish: (event: E) => void
  /** Listens to further events. Returns the function that ends it. */
  readonly subscribe: (listener: Listener<E>) => () => void
  /** Lists the events after an id; undefined when some of them are no longer retained. */
  readonly listSince: (lastId: string) => readonly HubEvent<E>[] | undefined
  /** The id of the newest event. */
  readonly getLastId: () => string
}

const retainedCount = 2000

/** Creates a hub. The epoch differs for each start of the server, so that ids of an earlier one are not mistaken for its own. */
export function createEventHub<E>(epoch: string): EventHub<E> {
  const listeners = new Set<Listener<E>>()
  const retainedEvents: HubEvent<E>[] = []
  let count = 0
  return {
    publish: (event) => {
      count += 1
      const hubEvent = { id: `${epoch}-${count}`, event }
      retainedEvents.push(hubEvent)
      if (retainedEvents.length > retainedCount) retainedEvents.shift()
      for (const listener of listeners) listener(hubEvent)
    },
    subscribe: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    listSince: (lastId) => {
      const lastNumber = parseNumber(lastId, epoch)
      const oldestNumber = count - retainedEvents.length + 1
      if (lastNumber === undefined || lastNumber > count || lastNumber < oldestNumber - 1)
        return undefined
      return retainedEvents.slice(lastNumber - oldestNumber + 1)
    },
    getLastId: () => `${epoch}-${count}`,
  }
}

function parseNumber(id: string, epoch: string): number | undefined {
  if (!id.startsWith(`${epoch}-`)) return undefined
  const digits = id.slice(epoch.length + 1)
  return /^\d{1,15}$/.test(digits) ? Number(digits) : undefined
}

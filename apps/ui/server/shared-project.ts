import { promisify } from "node:util"
import { gzip } from "node:zlib"

import { FreshetError } from "@freshet/core/engine"
import type { Project, Services } from "@freshet/services"

/** Services whose reads share one open project until it changes. */
export interface SharedServices {
  readonly services: Services
  /** Makes the next read open the project again: the ledger or the landing zone changed. */
  readonly invalidate: () => void
  /** Reads the answer to a question once until then. */
  readonly readOnce: ReadOnce
}

/** The text of an answer, and the same compressed with gzip. */
export interface Answer {
  readonly text: string
  readonly compressed: Uint8Array<ArrayBuffer>
}

/** Returns the retained answer to a question, or reads it. */
export type ReadOnce = (question: string, read: () => Promise<string>) => Promise<Answer>

/** The number of answers that are retained with a project. */
const maxAnswers = 50

/** The time after which a project is opened again: assets become overdue by the clock alone. */
const maxAgeMs = 30_000

interface OpenedProject {
  readonly project: Promise<Project>
  readonly openedMs: number
  /** Question → answer. */
  readonly answers: Map<string, Promise<Answer>>
  /** Closes the project as soon as no read uses it. */
  readonly retire: () => void
  readonly use: <T>(work: () => Promise<T>) => Promise<T>
}

/** Shares one open project among reads, so that a page that reads ten documents evaluates it once. */
export function shareProject(services: Services): SharedServices {
  let current: OpenedProject | undefined
  const invalidate = () => {
    current?.retire()
    current = undefined
  }
  const getCurrent = () => {
    if (current !== undefined && services.nowMs() - current.openedMs > maxAgeMs) invalidate()
    current ??= openShared(services)
    return current
  }
  const read = <T>(work: (project: Project) => Promise<T>): Promise<T> => {
    const opened = getCurrent()
    return opened.use(async () => work(await opened.project))
  }
  services.signal.addEventListener("abort", invalidate, { once: true })
  return {
    invalidate,
    readOnce: (question, readText) => {
      const { answers } = getCurrent()
      const answer = answers.get(question) ?? readText().then(compressAnswer)
      if (answers.size < maxAnswers) answers.set(question, answer)
      answer.catch(() => answers.delete(question))
      return answer
    },
    services: {
      ...services,
      withProject: async (options, work) => {
        if (Object.keys(options).length > 0) return services.withProject(options, work)
        return read(work).catch((error: unknown) => {
          invalidate()
          if (!isOutdatedConnection(error)) throw error
          return read(work)
        })
      },
    },
  }
}

const compress = promisify(gzip)

async function compressAnswer(text: string): Promise<Answer> {
  return { text, compressed: new Uint8Array(await compress(text)) }
}

/** A connection that was lost between two reads. */
function isOutdatedConnection(error: unknown): boolean {
  return error instanceof FreshetError && (error.code === "postgres" || error.code === "ledger")
}

function openShared(services: Services): OpenedProject {
  let userCount = 0
  let lastWork: Promise<unknown> = Promise.resolve()
  let isRetired = false
  let close = () => {}
  const closed = new Promise<void>((resolve) => (close = resolve))
  const closeIfUnused = () => {
    if (isRetired && userCount === 0) close()
  }
  const project = new Promise<Project>((resolve, reject) => {
    services
      .withProject({}, async (openedProject) => {
        resolve(openedProject)
        await closed
      })
      .catch(reject)
  })
  return {
    project,
    openedMs: services.nowMs(),
    answers: new Map(),
    retire: () => {
      isRetired = true
      closeIfUnused()
    },
    use: async (work) => {
      userCount += 1
      const result = lastWork.then(work) // one connection answers one query at a time
      lastWork = result.catch(() => {})
      try {
        return await result
      } finally {
        userCount -= 1
        closeIfUnused()
      }
    },
  }
}

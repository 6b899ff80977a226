import { randomUUID } from "node:crypto"
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs"
import { join } from "node:path"

import { hash } from "./hash.ts"
import type { PlanBasis } from "./plan-basis.ts"

/** What a command printed that found nothing to do, and what that rests on. */
export interface Answer {
  readonly text: string
  readonly basis: PlanBasis
}

/** So many answers are kept, those that were kept last. */
const mostAnswers = 20

/** The answer that is kept under a name; undefined when there is none, or when it is damaged. */
export function readAnswer(home: string, name: string): Answer | undefined {
  try {
    const content = readFileSync(join(folderIn(home), name), "utf8")
    const end = content.indexOf("\n")
    const answer = content.slice(end + 1)
    // The checksum says that it is as it was written.
    return hash(answer) === content.slice(0, end) ? (JSON.parse(answer) as Answer) : undefined
  } catch {
    return undefined
  }
}

/** Keeps an answer, whole or not at all. It is only a shortcut: where it cannot be written, nothing is lost. */
export function keepAnswer(home: string, name: string, answer: Answer): void {
  const folder = folderIn(home)
  const draft = join(folder, `${name}.${randomUUID()}.draft`)
  const text = JSON.stringify(answer)
  try {
    mkdirSync(folder, { recursive: true })
    sweep(folder)
    writeFileSync(draft, `${hash(text)}\n${text}`)
    renameSync(draft, join(folder, name))
  } catch {
    return
  }
}

function folderIn(home: string): string {
  return join(home, "nothing-stale")
}

/** Leaves room for one more; drafts of processes that were killed go with the rest. */
function sweep(folder: string): void {
  const aged = readdirSync(folder).map((name) => {
    const stats = statSync(join(folder, name), { throwIfNoEntry: false })
    return { name, writtenMs: stats?.mtimeMs ?? 0 }
  })
  const old = aged.toSorted((a, b) => b.writtenMs - a.writtenMs).slice(mostAnswers - 1)
  for (const { name } of old) rmSync(join(folder, name), { force: true })
}

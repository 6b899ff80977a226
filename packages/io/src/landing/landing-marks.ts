import { existsSync } from "node:fs"
import { setImmediate } from "node:timers/promises"
import { Worker } from "node:worker_threads"

import { folderMark } from "./list-folder.ts"

/** Folder of the landing zone → how many names lie there, and a hash over them and over their sizes and identities. */
export type LandingMarks = Readonly<Record<string, string>>

/** What was found once: marked folders of a landing zone, and files of a lake. */
export interface Seen {
  readonly landingFolder: string
  readonly marks: LandingMarks
  readonly lake: string
  readonly files: readonly string[]
}

/** The same for several threads: each looks at the first part that nobody has taken. A part is a folder of the landing zone, or some files of the lake. */
export interface SharedSeen extends Seen {
  /** One number: how many parts are taken. */
  readonly taken: Int32Array
}

/** From so many files on a second thread is worth its start. */
const manyFiles = 20_000

const filesAtOnce = 500

/**
 * Whether the landing zone is there and holds in each of the folders what it held when they were marked, and the files
 * of the lake are there. Which folders an observation looks into follows from the sources and from what these folders
 * hold, so that it would find nothing new. Where there are many files the program at `helperPath`, if one is given,
 * looks at some of them.
 */
export async function isAsSeen(seen: Seen, helperPath?: string): Promise<boolean> {
  if (!existsSync(seen.landingFolder)) return false
  const shared = { ...seen, taken: new Int32Array(new SharedArrayBuffer(4)) }
  const isAlone = helperPath === undefined || fileCount(seen) < manyFiles
  return isAlone ? areTheRestAsSeen(shared) : isAsSeenByTwo(shared, helperPath)
}

function fileCount({ marks, files }: Seen): number {
  return Object.values(marks).reduce((sum, mark) => sum + Number.parseInt(mark, 10), files.length)
}

/** Takes parts until none is left, or one is not as it was: then nobody goes on. */
export async function areTheRestAsSeen(seen: SharedSeen): Promise<boolean> {
  const { files, taken } = seen
  const folders = Object.entries(seen.marks)
  const parts = partsOf(seen)
  for (let part = take(taken); part < parts; part = take(taken)) {
    const [folder, mark] = folders[part] ?? []
    const from = (part - folders.length) * filesAtOnce
    const isSame =
      folder === undefined
        ? areThere(seen.lake, files.slice(from, from + filesAtOnce))
        : folderMark(seen.landingFolder, folder) === mark
    if (!isSame) {
      Atomics.store(taken, 0, parts)
      return false
    }
    await setImmediate() // what else is waited for goes on meanwhile
  }
  return true
}

function partsOf({ marks, files }: Seen): number {
  return Object.keys(marks).length + Math.ceil(files.length / filesAtOnce)
}

function take(taken: Int32Array): number {
  return Atomics.add(taken, 0, 1)
}

function areThere(lake: string, files: readonly string[]): boolean {
  return files.every((file) => existsSync(`${lake}/${file}`))
}

async function isAsSeenByTwo(seen: SharedSeen, helperPath: string): Promise<boolean> {
  const worker = new Worker(helperPath, { workerData: seen })
  try {
    const said = new Promise<unknown>((resolve, reject) => {
      worker.once("message", resolve).once("error", reject)
      worker.once("exit", () => reject(new Error("the second thread ended")))
    })
    const [here, there] = await Promise.all([areTheRestAsSeen(seen), said])
    return here && there === true
  } catch (cause) {
    Atomics.store(seen.taken, 0, partsOf(seen))
    await worker.terminate()
    throw cause
  }
}

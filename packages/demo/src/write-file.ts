import { mkdir, open, rename, rm } from "node:fs/promises"
import type { FileHandle } from "node:fs/promises"
import { basename, dirname, join } from "node:path"

import type { DemoFile } from "./stocktwits/summary.ts"

/** Writes a file of the landing zone from its bytes, chunk by chunk. */
export type WriteFile = <T>(
  path: string,
  chunks: Iterator<Uint8Array, T>,
) => Promise<{ readonly file: DemoFile; readonly result: T }>

/** Writes to a hidden file in the same folder, then renames it. */
export function createFileWriter(landing: string): WriteFile {
  return async (path, chunks) => {
    const target = join(landing, path)
    const partial = join(dirname(target), `.${basename(target)}.part`)
    await mkdir(dirname(target), { recursive: true })
    try {
      const { bytes, result } = await withFile(partial, (file) => writeChunks(file, chunks))
      await rename(partial, target)
      return { file: { path, bytes }, result }
    } catch (error) {
      await rm(partial, { force: true })
      throw error
    }
  }
}

async function withFile<T>(path: string, work: (file: FileHandle) => Promise<T>): Promise<T> {
  const file = await open(path, "w")
  try {
    return await work(file)
  } finally {
    await file.close()
  }
}

async function writeChunks<T>(
  file: FileHandle,
  chunks: Iterator<Uint8Array, T>,
): Promise<{ readonly bytes: number; readonly result: T }> {
  let bytes = 0
  for (;;) {
    const chunk = chunks.next()
    if (chunk.done === true) return { bytes, result: chunk.value }
    await file.writeFile(chunk.value)
    bytes += chunk.value.length
  }
}

/** Converts a short text to the only chunk of its file. */
export function* toSingleChunk(text: string): Generator<Uint8Array, void> {
  yield new TextEncoder().encode(text)
}

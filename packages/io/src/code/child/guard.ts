import { writeSync } from "node:fs"
import { workerData } from "node:worker_threads"

// A thread beside the code, which may be in an endless loop: it ends the process and the programs that it started when
// its parent has ended, or when it uses too much memory. Node limits the heap itself, but not buffers.

const { parent, memoryLimitBytes } = workerData as {
  readonly parent: number
  readonly memoryLimitBytes: number
} // our program sent it

/** The memory that Node needs besides heap and buffers. */
const programBytes = 128 * 1024 ** 2

setInterval(() => {
  const isOrphan = process.ppid !== parent
  const exceedsMemory = process.memoryUsage.rss() > memoryLimitBytes + programBytes
  if (exceedsMemory) writeSync(2, "\nFATAL ERROR: the heap and its buffers: heap out of memory\n")
  if (isOrphan || exceedsMemory) process.kill(-process.pid, "SIGKILL")
}, 100)

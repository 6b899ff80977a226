import { type CodeProcess, type CodeProcessOptions, startCodeProcess } from "./code-process.ts"
import { startSpare, takeSpare } from "./spare-process.ts"

/** The processes of an engine. A process starts for the first step that needs it, and runs further steps afterwards. */
export interface CodeProcesses {
  /** Returns an idle process with a memory limit in MB, by default that of the options, or starts one. */
  readonly acquire: (memoryMb: number | undefined) => CodeProcess
  /** Ends the use of a process: it runs further steps or is terminated. */
  readonly release: (child: CodeProcess, isReusable: boolean) => Promise<void>
  readonly close: () => Promise<void>
}

export function createCodeProcesses(options: CodeProcessOptions): CodeProcesses {
  const processes = new Set<CodeProcess>()
  const idleProcesses = new Set<CodeProcess>()
  const start = (memoryMb: number) => {
    const child = takeSpare(options, memoryMb) ?? startCodeProcess(options, memoryMb)
    processes.add(child)
    return child
  }
  const remove = (child: CodeProcess) => {
    processes.delete(child)
    idleProcesses.delete(child)
  }
  return {
    acquire: (memoryMb = options.memoryMb) => {
      const child = [...idleProcesses].find((idleProcess) => idleProcess.memoryMb === memoryMb)
      if (child === undefined) return start(memoryMb)
      idleProcesses.delete(child)
      return child
    },
    release: async (child, isReusable) => {
      if (isReusable) {
        child.listen(({ kind }) => {
          if (kind === "exited") remove(child)
        })
        idleProcesses.add(child)
        return
      }
      remove(child)
      await child.terminate()
    },
    close: async () => {
      await Promise.all([...processes].map((child) => child.terminate()))
      startSpare(options)
    },
  }
}

import { type CodeProcess, type CodeProcessOptions, startCodeProcess } from "./code-process.ts"

/** Keeps a process ready until `endSpare`: its start takes longer than a short step. A run takes it, and the end of the run starts the next one. */
export function keepSpare(options: CodeProcessOptions): void {
  if (options.spare !== undefined) options.spare.isKept = true
  startSpare(options)
}

/** Starts the spare process of a program that keeps one and has none. */
export function startSpare(options: CodeProcessOptions): void {
  const { spare, memoryMb } = options
  if (spare === undefined || !spare.isKept || spare.child !== undefined) return
  const child = startCodeProcess(options, memoryMb)
  child.listen(({ kind }) => {
    if (kind === "exited" || kind === "ended") spare.child = undefined
  })
  spare.child = child
}

/** Takes the spare process; undefined if there is none with this memory limit. */
export function takeSpare(
  { spare }: CodeProcessOptions,
  memoryMb: number,
): CodeProcess | undefined {
  const child = spare?.child
  if (spare === undefined || child?.memoryMb !== memoryMb) return undefined
  spare.child = undefined
  return child
}

/** Ends the spare process; none is started afterwards. */
export async function endSpare({ spare }: Pick<CodeProcessOptions, "spare">): Promise<void> {
  if (spare === undefined) return
  const { child } = spare
  spare.isKept = false
  spare.child = undefined
  await child?.terminate()
}

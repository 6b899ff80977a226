import { useEffect, useState } from "react"

import type { LogLine, RunLogPageDocument } from "../../api/documents.ts"
import { fetchDocument } from "../../api/fetch-document.ts"
import { formatPath } from "../../api/use-document.ts"

const pageLines = 1000
const pollMs = 1000

/** The most lines that a page retains. */
export const maxLogLines = 20_000

/** Reads the lines that the code of a run's steps printed, and follows the log until the run has ended. */
export function useRunLog(run: string, step: string | undefined): readonly LogLine[] {
  const [lines, setLines] = useState<readonly LogLine[]>([])
  useEffect(() => {
    const controller = new AbortController()
    setLines([])
    void followLog(run, step, { signal: controller.signal, onLines: setLines })
    return () => controller.abort()
  }, [run, step])
  return lines
}

interface LogReader {
  readonly signal: AbortSignal
  /** Receives all lines so far. */
  readonly onLines: (lines: readonly LogLine[]) => void
}

/** Reads page after page. After a failed call it continues at the same place, so that no line is lost or repeated. */
async function followLog(
  run: string,
  step: string | undefined,
  { signal, onLines }: LogReader,
): Promise<void> {
  const lines: LogLine[] = []
  for (let position = 0; lines.length < maxLogLines && !signal.aborted;) {
    const path = formatPath(`/api/runs/${encodeURIComponent(run)}/log`, {
      step,
      after: position,
      limit: pageLines,
    })
    const page = await fetchDocument<RunLogPageDocument>(path, signal).catch(() => undefined)
    if (signal.aborted) return
    if (page !== undefined && page.lines.length > 0) {
      lines.push(...page.lines)
      position = page.next
      onLines([...lines])
    }
    if (page?.lines.length === pageLines) continue
    if (page !== undefined && page.outcome !== "running") return
    await new Promise((resolve) => setTimeout(resolve, pollMs))
  }
}

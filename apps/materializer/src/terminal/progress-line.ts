import type { CommandLine } from "./command-line.ts"
import { createLiveRegion } from "./live-region.ts"

const redrawMs = 100

/** Lends a line at the bottom of the terminal that says how far something is; elsewhere nothing is drawn. */
export async function withProgressLine<P, T>(
  { err }: Pick<CommandLine, "err">,
  formatProgress: (progress: P, columns: number | undefined) => string,
  work: (showProgress: (progress: P) => void) => Promise<T>,
): Promise<T> {
  if (!err.isTerminal) return work(() => {})
  const region = createLiveRegion(err)
  let latestProgress: P | undefined
  // one column less than there are: a full line would wrap, and a wrapped line cannot be wiped
  const columns = (err.style.columns ?? 80) - 1
  const draw = () => {
    if (latestProgress !== undefined) region.draw([formatProgress(latestProgress, columns)])
  }
  const timer = setInterval(draw, redrawMs)
  try {
    return await work((progress) => {
      const isFirst = latestProgress === undefined
      latestProgress = progress
      if (isFirst) draw()
    })
  } finally {
    clearInterval(timer)
    region.close()
  }
}

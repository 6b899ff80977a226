import type { CommandLine } from "./command-line.ts"
import { liveRegion } from "./live-region.ts"

const redrawMs = 100

/** Lends a line at the bottom of the terminal that says how far something is; elsewhere nothing is drawn. */
export async function withProgressLine<P, T>(
  { err }: Pick<CommandLine, "err">,
  text: (progress: P, columns: number | undefined) => string,
  work: (show: (progress: P) => void) => Promise<T>,
): Promise<T> {
  if (!err.isTerminal) return work(() => {})
  const region = liveRegion(err)
  let shown: P | undefined
  // one column less than there are: a full line would wrap, and a wrapped line cannot be wiped
  const columns = (err.look.columns ?? 80) - 1
  const draw = () => {
    if (shown !== undefined) region.draw([text(shown, columns)])
  }
  const timer = setInterval(draw, redrawMs)
  try {
    return await work((progress) => {
      const isFirst = shown === undefined
      shown = progress
      if (isFirst) draw()
    })
  } finally {
    clearInterval(timer)
    region.close()
  }
}

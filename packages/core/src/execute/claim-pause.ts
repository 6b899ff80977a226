const firstPauseMs = 50
const longestPauseMs = 2_000

/** Computes the pause in milliseconds before work is claimed again that another process has claimed this many times. */
export function computeClaimPause(count: number): number {
  return Math.min(firstPauseMs * 2 ** count, longestPauseMs)
}

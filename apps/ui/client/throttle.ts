/** Limits calls to one in each interval. The first call is immediate, and a call during the interval happens at its end. */
export function throttle(work: () => void, intervalMs: number): () => void {
  let isWaiting = false
  let isRequested = false
  const call = () => {
    if (isWaiting) {
      isRequested = true
      return
    }
    isWaiting = true
    work()
    setTimeout(() => {
      isWaiting = false
      if (!isRequested) return
      isRequested = false
      call()
    }, intervalMs)
  }
  return call
}

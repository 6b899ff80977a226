import { setTimeout as delay } from "node:timers/promises"

/** Resolves as soon as the condition holds; fails after the deadline. */
export async function until(
  holds: () => boolean | Promise<boolean>,
  withinMs = 15_000,
): Promise<void> {
  const deadline = performance.now() + withinMs
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`it did not come true in ${withinMs} ms`)
    await delay(10)
  }
}

import { setTimeout as delay } from "node:timers/promises"

const deadlineMs = 120_000

/** Resolves once the condition holds; fails after a deadline that a slow machine meets as well. */
export async function waitUntil(
  holds: () => boolean | Promise<boolean>,
  pollMs = 10,
): Promise<void> {
  const deadline = performance.now() + deadlineMs
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`never came true: ${String(holds)}`)
    await delay(pollMs)
  }
}

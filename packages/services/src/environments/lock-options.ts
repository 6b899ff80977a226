import { formatLockOwner } from "../run-lock.ts"
import type { Services } from "../services.ts"

/** Returns the options under which a command waits for the run lock. */
export function getLockOptions({ emit, signal }: Services, wait: boolean) {
  return {
    wait,
    signal,
    onWait: (run: Parameters<typeof formatLockOwner>[0]) =>
      emit({ kind: "run_waiting", owner: formatLockOwner(run) }),
  }
}

import { expect } from "vitest"

import type { CommandResult } from "./freshet-process.ts"

/** Asserts that a command ended well; shows what it said when it did not. */
export function expectDone({ code, signal, stdout, stderr }: CommandResult): void {
  if (code !== 0) expect(`${stdout}\n${stderr}\n${code ?? signal}`).toBe("ended with 0")
  expect(code).toBe(0)
}

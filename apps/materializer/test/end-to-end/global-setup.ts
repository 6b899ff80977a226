import { startTestServer } from "./test-database.ts"

/** Makes the bundle and starts the server once, before workers that need them start side by side. */
export async function setup(): Promise<() => Promise<void>> {
  return startTestServer()
}

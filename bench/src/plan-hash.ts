import { createHash } from "node:crypto"

/** SHA-256, as much of it as the command line takes. */
export function hash(content: string): string {
  return createHash("sha256").update(content).digest("hex").slice(0, 32)
}

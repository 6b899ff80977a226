import { createHash } from "node:crypto"

/** SHA-256, cut to 128 bits: enough that no two inputs ever meet, short enough for a file's name. */
export function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 32)
}

import { hash as digest } from "node:crypto"

/** SHA-256, as much of it as the command line takes. */
export function hash(content: string): string {
  return digest("sha256", content, "hex").slice(0, 32)
}

import { hash as digest } from "node:crypto"

/** Computes SHA-256, truncated like the command line does. */
export function hash(content: string): string {
  return digest("sha256", content, "hex").slice(0, 32)
}

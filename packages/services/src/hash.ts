import { hash as digest } from "node:crypto"

/** Hashes a text by SHA-256, cut to 128 bits: collisions are practically impossible, and a file name stays short. */
export function hash(text: string): string {
  return digest("sha256", text, "hex").slice(0, 32)
}

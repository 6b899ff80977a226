import { hash as digest } from "node:crypto"

/** SHA-256, cut to 128 bits: enough that no two inputs ever meet, short enough for a file's name. */
export function hash(text: string): string {
  return digest("sha256", text, "hex").slice(0, 32)
}

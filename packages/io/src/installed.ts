import { createRequire } from "node:module"

/** Finds a file of an installed package that this one depends on, also when this code runs from a bundle. */
export function findInstalled(name: string): string {
  const manifest = createRequire(import.meta.url).resolve("@freshet/io/package.json")
  return createRequire(manifest).resolve(name)
}

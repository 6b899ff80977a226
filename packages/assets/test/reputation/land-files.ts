import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"

import type { LandedFiles } from "./oracle/landed-files.ts"

/** Writes the files into a landing folder. */
export function landFiles(landing: string, landedFiles: LandedFiles): void {
  for (const [day, files] of landedFiles)
    for (const [kind, text] of Object.entries(files)) {
      const folder = join(landing, "reputation", kind)
      mkdirSync(folder, { recursive: true })
      writeFileSync(join(folder, `${day}.${kind === "messages" ? "json" : "csv"}`), text)
    }
}

import { buildGraph } from "@freshet/core/engine"
import { openRunLedger } from "@freshet/io"

import type { TestProject } from "./test-project.ts"

/** Runs `work` while another run is under way: run `of-a-colleague`, of this process. */
export function withRunUnderWay<T>(
  { withDatabase }: Pick<TestProject, "withDatabase">,
  work: () => Promise<T>,
): Promise<T> {
  const built = buildGraph([])
  if (built.kind === "problems") throw new Error("an empty graph has problems")
  return withDatabase(async (url) => {
    const { ledger, close } = await openRunLedger(url, {
      mode: "shared",
      wait: false,
      onWait: () => {},
      pid: process.pid,
      graph: built.graph,
    })
    try {
      const id = "of-a-colleague"
      await ledger.beginRun({
        id,
        command: "freshet materialize",
        kind: "interactive",
        steps: 1,
        work: {},
        codeVersion: "",
      })
      return await work()
    } finally {
      await close()
    }
  })
}

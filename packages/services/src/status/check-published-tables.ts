import { FreshetError, formatQuantity, listPublishedAssets } from "@freshet/core/engine"

import type { FindingDocument } from "../documents/diagnostics.ts"
import type { Project } from "../project.ts"

/** Checks that the published tables are as they are declared. */
export async function checkPublishedTables(project: Project): Promise<FindingDocument> {
  const subject = "published tables"
  const tables = listPublishedAssets(project.graph).flatMap((asset) =>
    asset.publish === undefined ? [] : [{ asset, publish: asset.publish }],
  )
  try {
    await project.runtime().publisher.check(tables)
    const message = `${formatQuantity(tables.length, "table")} as declared`
    return { level: "ok", subject, message, hint: null }
  } catch (error) {
    if (!(error instanceof FreshetError) || error.code !== "publish") throw error
    return { level: "fail", subject, message: error.message, hint: error.hint ?? null }
  }
}

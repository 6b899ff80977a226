import { formatBytes, formatQuantity } from "@freshet/core/engine"

import type { FindingDocument } from "../documents/diagnostics.ts"
import type { OrphanedDocument } from "../documents/orphaned.ts"
import { listOrphaned } from "../maintain/list-orphaned.ts"
import type { Project } from "../project.ts"

/** Reports the files and tables of assets that are no longer declared or published. */
export async function checkOrphaned(project: Project): Promise<readonly FindingDocument[]> {
  return (await listOrphaned(project)).map((orphaned) => ({
    level: "warn",
    subject: "orphaned",
    message: formatRemains(orphaned),
    hint: formatRemedy(orphaned),
  }))
}

function formatRemains({ asset, table, files, bytes }: OrphanedDocument): string {
  const parts = [
    ...(table === null ? [] : [`table ${table}`]),
    ...(files === 0 ? [] : [formatQuantity(files, "file"), formatBytes(bytes)]),
  ]
  const reason = files === 0 ? "is not published" : "is not declared"
  return `${asset} ${reason}: ${parts.join(", ")}`
}

function formatRemedy({ asset, table, files }: OrphanedDocument): string {
  const remedies = [
    ...(files === 0 ? [] : [`\`freshet wipe ${asset} --all\` removes its records`]),
    ...(table === null ? [] : ["`freshet gc --unpublish` drops the table"]),
  ]
  return `${remedies.join("; ")}.`
}

import { buildPublicationRequests } from "@freshet/core/engine"

import type { PublishPreviewDocument } from "../documents/publish-preview.ts"
import { makePlan } from "../plan/make-plan.ts"
import type { Services } from "../services.ts"
import type { PublishTarget } from "./run-request.ts"

/** The sets to compare, and the number of rows of each kind and table to show. */
export interface PublishPreviewRequest {
  readonly target: PublishTarget
  readonly sampleRows: number
}

/** Compares the published tables with the rows that are stored and ready, and changes nothing. */
export function previewPublications(
  services: Services,
  { target, sampleRows }: PublishPreviewRequest,
): Promise<PublishPreviewDocument> {
  return services.withProject({}, async (initialProject) => {
    const { project, plan } = await makePlan(initialProject, target, "preview")
    const { ledger, hash } = project
    const requests = await buildPublicationRequests(project.evaluation, plan, { ledger, hash })
    const { publisher } = project.runtime()
    const publications: PublishPreviewDocument["publications"][number][] = []
    for (const request of requests) {
      const tables = await publisher.preview({ ...request, sampleRows })
      publications.push({ set: request.set, partition: request.partitionKey, tables })
    }
    return { publications }
  })
}

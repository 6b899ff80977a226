import { readAlerts, type RecordedAlert } from "@freshet/io"

import type { AlertListDocument } from "../documents/alerts.ts"
import { toIsoTime } from "../iso-time.ts"
import type { Services } from "../services.ts"

/** Lists the newest alerts, open ones first. */
export async function listAlerts(
  { withLedger, nowMs }: Services,
  { limit }: { readonly limit: number },
): Promise<AlertListDocument> {
  const alerts = await withLedger((client) => readAlerts(client, limit))
  return { now: toIsoTime(nowMs()), alerts: alerts.map(toAlertDocument) }
}

function toAlertDocument(alert: RecordedAlert): AlertListDocument["alerts"][number] {
  return {
    kind: alert.kind,
    title: alert.title,
    detail: alert.detail,
    opened_at: toIsoTime(alert.openedMs),
    resolved_at: alert.resolvedMs === undefined ? null : toIsoTime(alert.resolvedMs),
    sent: alert.isSent,
    delivery_error: alert.lastError ?? null,
  }
}

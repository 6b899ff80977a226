import { FreshetError, ProblemsError } from "@freshet/core/engine"

import type { AlertTestDocument } from "../documents/alerts.ts"
import type { Services } from "../services.ts"
import { listChannels } from "./channels.ts"

/** Sends a test message on every configured channel. Fails when none is configured. */
export async function testChannels({ config }: Services): Promise<AlertTestDocument> {
  const channels = listChannels(config)
  if (channels.length === 0)
    throw new ProblemsError("config", [
      {
        kind: "config",
        message: "No channel for alerts is configured.",
        hint: "Set FRESHET_ALERT_WEBHOOK, or FRESHET_SMTP_URL and FRESHET_ALERT_EMAIL_TO.",
      },
    ])
  const message = { title: "Test of Freshet's alerts", detail: "No action is needed." }
  const results = channels.map(async ({ name, send }) => {
    const error = await send(message).then(() => null, getMessage)
    return { channel: name, error }
  })
  return { channels: await Promise.all(results) }
}

function getMessage(error: unknown): string {
  if (error instanceof FreshetError) return error.message
  throw error
}

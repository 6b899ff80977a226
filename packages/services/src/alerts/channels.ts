import { FreshetError } from "@freshet/core/engine"

import type { Config } from "../config.ts"

/** The text of an alert: a subject of one line, and a body. */
export interface AlertMessage {
  readonly title: string
  readonly detail: string
}

/** A way on which alerts reach people. */
export interface AlertChannel {
  readonly name: "webhook" | "e-mail"
  /** Rejects with a FreshetError when the message was not accepted. */
  readonly send: (message: AlertMessage) => Promise<void>
}

const timeoutMs = 10_000

/** Lists the configured channels. */
export function listChannels(config: Config): readonly AlertChannel[] {
  const { alertWebhook, smtpUrl, alertEmailTo, alertEmailFrom } = config
  const channels: AlertChannel[] = []
  if (alertWebhook !== undefined)
    channels.push({ name: "webhook", send: (message) => postMessage(alertWebhook, message) })
  if (smtpUrl !== undefined && alertEmailTo !== undefined) {
    const addresses = { from: alertEmailFrom, to: alertEmailTo }
    channels.push({ name: "e-mail", send: (message) => mailMessage(smtpUrl, addresses, message) })
  }
  return channels
}

/** Posts a message in the form that Slack and its relatives accept. */
async function postMessage(url: string, { title, detail }: AlertMessage): Promise<void> {
  const request = {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ text: `${title}\n${detail}` }),
    signal: AbortSignal.timeout(timeoutMs),
  }
  const response = await fetch(url, request).catch(throwUnreachable("webhook"))
  if (!response.ok)
    throw new FreshetError("input", `The webhook answered ${response.status}.`, {
      hint: "See that FRESHET_ALERT_WEBHOOK is the URL of an incoming webhook.",
    })
}

async function mailMessage(
  url: string,
  addresses: { readonly from: string; readonly to: string },
  { title, detail }: AlertMessage,
): Promise<void> {
  const { createTransport } = await import("nodemailer")
  const transport = createTransport(url, {})
  const message = { ...addresses, subject: title, text: `${title}\n\n${detail}\n` }
  await transport.sendMail(message).catch(throwUnreachable("mail server"))
  transport.close()
}

/** Creates a handler that reports why a channel failed; its URL is a secret. */
function throwUnreachable(channel: string): (cause: unknown) => never {
  return (cause) => {
    const reason = findReason(cause)
    throw new FreshetError("input", `The ${channel} did not accept the message: ${reason}.`, {
      cause,
    })
  }
}

function findReason(cause: unknown): string {
  const rootCause = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause
  if (!(rootCause instanceof Error)) return "unknown error"
  return "code" in rootCause ? String(rootCause.code) : rootCause.message
}

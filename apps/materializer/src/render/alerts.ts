import { formatAge } from "@freshet/core/engine"
import type { AlertListDocument, AlertTestDocument } from "@freshet/services"

import { getSign, type TerminalStyle } from "../terminal/terminal-style.ts"

/** Formats alerts: a line each, and below it the detail of an open one. */
export function formatAlertList(
  { alerts, now }: AlertListDocument,
  style: TerminalStyle,
): readonly string[] {
  if (alerts.length === 0) return ["No alerts."]
  const nowMs = Date.parse(now)
  return alerts.flatMap((alert) => {
    const isOpen = alert.resolved_at === null
    const opened = formatAge(Date.parse(alert.opened_at), nowMs)
    const error = alert.delivery_error === null ? [] : [`  not delivered: ${alert.delivery_error}`]
    return [
      `${getSign(style, isOpen ? "failed" : "made")} ${alert.title} (${opened}${isOpen ? "" : ", resolved"})`,
      ...(isOpen ? alert.detail.split("\n").map((line) => `  ${line}`) : []),
      ...error,
    ]
  })
}

/** Formats the result of each channel. */
export function formatAlertTest(
  { channels }: AlertTestDocument,
  style: TerminalStyle,
): readonly string[] {
  return channels.map(({ channel, error }) =>
    error === null
      ? `${getSign(style, "made")} ${channel}: the test message was accepted.`
      : `${getSign(style, "failed")} ${channel}: ${error}`,
  )
}

import { waitUntil } from "@freshet/embedded-postgres/testing"
import { alertListSchema, alertTestSchema } from "@freshet/services/documents"
import { expect, test } from "vitest"

import { parseDocument } from "../fixtures/parse-document.ts"
import { withMailServer, withWebhook } from "./alert-receivers.ts"
import type { DeclaredProject } from "./declared-project.ts"
import { expectDone, runFreshet, startFreshet } from "./freshet-process.ts"
import { setFirstRuns, withLedgerClient } from "./ledger-contents.ts"
import { declareShop, landOrders, shopDays, withShop } from "./shop.ts"
import { withEnvironment } from "./test-project.ts"

function declareWhenStale(declarations: string): string {
  return `
    import { dueBy, whenStale } from "@freshet/core"
    ${declarations}
    export const automation = { shop: whenStale() }`
}

const failing = declareWhenStale(declareShop({ maxOrders: 2 }))
const passing = declareWhenStale(declareShop())

async function readAlerts(project: DeclaredProject) {
  const { stdout } = await runFreshet(project, "alerts", "ls", "--json")
  return parseDocument(alertListSchema, stdout).alerts
}

test("a failed tick is announced once, and its recovery", () =>
  withWebhook((webhook) =>
    withShop(async (shop) => {
      const project = withEnvironment(shop, { FRESHET_ALERT_WEBHOOK: webhook.url })
      expect((await runFreshet(project, "serve", "--once")).code).toBe(3)
      expectDone(await runFreshet(project, "serve", "--once"))
      expect(webhook.messages).toEqual([
        expect.stringMatching(
          /^group:shop failed: tick of .*\n.*items: .*seldom[\s\S]*freshet runs show/,
        ),
      ])
      expect(await readAlerts(project)).toMatchObject([
        { kind: "tick_failed", sent: true, resolved_at: null },
      ])
      await project.declare(passing)
      expectDone(await runFreshet(project, "serve", "--once"))
      expect(webhook.messages.slice(1)).toEqual([
        expect.stringContaining("Recovered: group:shop failed"),
      ])
    }, failing),
  ))

test("a server announces a failed tick", () =>
  withWebhook((webhook) =>
    withShop(async (shop) => {
      const project = withEnvironment(shop, { FRESHET_ALERT_WEBHOOK: webhook.url })
      const server = startFreshet(project, "serve", "--port", "0")
      await waitUntil(async () => webhook.messages.length > 0)
      server.kill("SIGTERM")
      expectDone(await server.result)
      expect(webhook.messages).toEqual([expect.stringContaining("group:shop failed")])
    }, failing),
  ))

test("an alert that a webhook refuses is delivered later", () =>
  withWebhook((webhook) =>
    withShop(async (shop) => {
      webhook.isBroken = true
      const project = withEnvironment(shop, { FRESHET_ALERT_WEBHOOK: webhook.url })
      await runFreshet(project, "serve", "--once")
      expect(await readAlerts(project)).toMatchObject([
        { sent: false, delivery_error: "The webhook answered 500." },
      ])
      webhook.isBroken = false
      await project.withDatabase(async () => {
        while (webhook.messages.length === 0)
          expectDone(await runFreshet(project, "serve", "--once"))
      })
      expect(webhook.messages).toHaveLength(1)
    }, failing),
  ))

test("an alert whose process is killed between its delivery and the record of it is delivered again", () =>
  withWebhook((webhook) =>
    withShop(async (shop) => {
      const project = withEnvironment(shop, { FRESHET_ALERT_WEBHOOK: webhook.url })
      const server = startFreshet(project, "serve", "--port", "0")
      webhook.beforeAnswer = async () => {
        server.kill("SIGKILL")
        await server.result
      }
      expect((await server.result).signal).toBe("SIGKILL")
      webhook.beforeAnswer = async () => {}
      expect(webhook.messages).toHaveLength(1)
      expect(await readAlerts(project)).toMatchObject([{ kind: "tick_failed", sent: false }])
      await withLedgerClient(project, (client) =>
        client.query("update freshet.alerts set next_attempt_at = now()"),
      )
      expectDone(await runFreshet(project, "serve", "--once"))
      expect(webhook.messages).toHaveLength(2)
      expect(webhook.messages[1]).toBe(webhook.messages[0])
      expect(await readAlerts(project)).toMatchObject([{ kind: "tick_failed", sent: true }])
      expectDone(await runFreshet(project, "serve", "--once"))
      expect(webhook.messages).toHaveLength(2)
    }, failing),
  ))

test("overdue assets with one root cause are one alert, which the landed file resolves", () =>
  withMailServer((mailServer) =>
    withShop(
      async (shop) => {
        const project = withEnvironment(shop, {
          FRESHET_SMTP_URL: mailServer.url,
          FRESHET_ALERT_EMAIL_TO: "you@example.com",
        })
        expectDone(await runFreshet(project, "backfill", "best", "--from", shopDays[0]))
        await setFirstRuns(project, shopDays[0])
        expectDone(await runFreshet(project, "serve", "--once"))
        expect(mailServer.messages).toEqual([
          expect.stringContaining(
            "Subject: Overdue since 2026-01-06T07:00:00Z: items 2026-01-05, best",
          ),
        ])
        expect(mailServer.messages[0]).toContain("orders/2026-01-05.json (orders) has not landed")
        landOrders(project, "2026-01-05")
        landOrders(project, "2026-01-06")
        expectDone(await runFreshet(project, "materialize"))
        expectDone(await runFreshet(project, "serve", "--once"))
        const [, ...later] = mailServer.messages
        expect(later.filter((mail) => mail.includes("Subject: Recovered: Overdue"))).toHaveLength(1)
      },
      `import { dueBy } from "@freshet/core"
       ${declareShop({ retention: `freshness: dueBy("07:00", "UTC")` })}`,
    ),
  ))

test("alerts test reports each channel", () =>
  withWebhook((webhook) =>
    withShop(async (shop) => {
      expect((await runFreshet(shop, "alerts", "test")).code).toBe(2)
      const project = withEnvironment(shop, {
        FRESHET_ALERT_WEBHOOK: webhook.url,
        FRESHET_SMTP_URL: "smtp://127.0.0.1:1",
        FRESHET_ALERT_EMAIL_TO: "you@example.com",
      })
      const { code, stdout } = await runFreshet(project, "alerts", "test", "--json")
      expect(code).toBe(8)
      expect(parseDocument(alertTestSchema, stdout).channels).toEqual([
        { channel: "webhook", error: null },
        { channel: "e-mail", error: "The mail server did not accept the message: ESOCKET." },
      ])
      expect(webhook.messages).toEqual([expect.stringContaining("Test of Freshet's alerts")])
    }),
  ))

test("a webhook that is no URL is an error of the configuration", () =>
  withShop(async (shop) => {
    const project = withEnvironment(shop, { FRESHET_ALERT_WEBHOOK: "hooks.example.com" })
    const { code, stderr } = await runFreshet(project, "serve", "--once")
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringContaining("FRESHET_ALERT_WEBHOOK must be a URL of http or https"),
    })
  }))

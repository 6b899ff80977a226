import { buildRouteMap } from "@stricli/core"

import type { AlertsLsFlags } from "../commands/alerts-ls.ts"
import { defineCommand } from "./define-command.ts"
import { createLimitFlag, jsonFlag } from "./flags.ts"

const ls = defineCommand<AlertsLsFlags>({
  brief: "List the newest alerts, open ones first",
  examples: ["freshet alerts ls", "freshet alerts ls --limit 50"],
  parameters: { flags: { limit: createLimitFlag(20, "alerts"), json: jsonFlag } },
  load: async () => (await import("../commands/alerts-ls.ts")).alertsLs,
})

const test = defineCommand<{ readonly json: boolean }>({
  brief: "Send a test message on every channel",
  text: "Channels: the webhook of FRESHET_ALERT_WEBHOOK, and e-mail through FRESHET_SMTP_URL to FRESHET_ALERT_EMAIL_TO. Exit 8 when a channel did not accept the message.",
  examples: ["freshet alerts test"],
  parameters: { flags: { json: jsonFlag } },
  load: async () => (await import("../commands/alerts-test.ts")).alertsTest,
})

/** Commands about alerts. */
export const alerts = buildRouteMap({
  routes: { ls, test },
  defaultCommand: "ls",
  docs: { brief: "List alerts, and test their channels" },
})

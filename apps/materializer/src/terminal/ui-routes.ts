import type { UiFlags } from "../commands/ui.ts"
import { defineCommand } from "./define-command.ts"
import { createSwitchFlag, createWholeNumberParser } from "./flags.ts"

const defaultPort = "8321"

const ui = defineCommand<UiFlags>({
  brief: "Serve the web page: freshness, lineage, backfills, runs",
  text: "Prints the address, and stops with Ctrl-C. On an address that other machines reach, FRESHET_UI_TOKEN is the password of people who may run something, and FRESHET_UI_VIEWER_TOKEN of those who may read.",
  examples: [
    "freshet ui",
    "freshet ui --port 8080 --read-only",
    "FRESHET_UI_TOKEN=… freshet ui --host 0.0.0.0",
  ],
  parameters: {
    flags: {
      host: {
        kind: "parsed",
        parse: String,
        default: "127.0.0.1",
        placeholder: "address",
        brief: "Address to listen on",
      },
      port: {
        kind: "parsed",
        parse: createWholeNumberParser(0),
        default: defaultPort,
        placeholder: "n",
        brief: "Port to listen on (0: a free one)",
      },
      readOnly: createSwitchFlag("Refuse all actions"),
    },
  },
  load: async () => (await import("../commands/ui.ts")).ui,
})

/** Commands that serve the web page. */
export const uiRoutes = { ui }

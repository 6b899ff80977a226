import { defineCommand } from "./define-command.ts"
import { createSwitchFlag, createWholeNumberParser } from "./flags.ts"
import type { PageFlags } from "./serve-page.ts"
import type { StartFlags } from "./start-flags.ts"

const pageFlags = {
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
    optional: true,
    placeholder: "n",
    brief: "Port to listen on; without it 8321, or a free one",
  },
  readOnly: createSwitchFlag("Refuse all actions"),
} as const

const ui = defineCommand<PageFlags>({
  brief: "Serve the web page: freshness, lineage, backfills, runs",
  text: "Prints the address, and stops with Ctrl-C. On an address that other machines reach, FRESHET_UI_TOKEN is the password of people who may run something, and FRESHET_UI_VIEWER_TOKEN of those who may read.",
  examples: [
    "freshet ui",
    "freshet ui --port 8080 --read-only",
    "FRESHET_UI_TOKEN=… freshet ui --host 0.0.0.0",
  ],
  parameters: {
    flags: pageFlags,
  },
  load: async () => (await import("../commands/ui.ts")).ui,
})

const start = defineCommand<StartFlags>({
  brief: "Serve the web page; an empty project gets demo data and a first run",
  text: "Generates demo data up to yesterday when the landing zone is empty, materializes everything when nothing has run yet, serves the web page, and executes the schedules. Ctrl-C stops all. With --live, files of the demo land while the page is open, in turn: a further day, a late line of a past day, a price index with a repeated month. The demo data then end a month ago, and the clock of the page is the day after the newest landed one.",
  examples: [
    "freshet start",
    "freshet start --port 8080",
    "freshet start --live --live-seconds 60",
  ],
  parameters: {
    flags: {
      ...pageFlags,
      live: createSwitchFlag("Land a file of the demo every few minutes"),
      liveSeconds: {
        kind: "parsed",
        parse: createWholeNumberParser(1),
        default: "180",
        placeholder: "n",
        brief: "Time between two files of --live",
      },
    },
  },
  load: async () => (await import("../commands/start.ts")).start,
})

/** Commands that serve the web page. */
export const uiRoutes = { ui, start }

/**
 * Takes the pictures of docs/ui from a server: `node apps/ui/bin/screenshots.js http://127.0.0.1:8321`, or the named
 * ones only. TESTING.md describes the data that they show.
 */
import { mkdirSync } from "node:fs"
import { fileURLToPath } from "node:url"

import { chromium } from "playwright-core"

const folder = fileURLToPath(new URL("../../../docs/ui/", import.meta.url))
const [address = "http://127.0.0.1:8321", ...names] = process.argv.slice(2)

const wide = { width: 1440, height: 900 }
const medium = { width: 1024, height: 900 }
const narrow = { width: 390, height: 844 }

/** @type {readonly (readonly [name: string, path: string, viewport: { width: number, height: number }, ready?: string])[]} */
const pictures = [
  ["today", "/", wide],
  ["today-1024", "/", medium],
  ["today-390", "/", narrow],
  ["catalog", "/catalog", wide],
  ["lineage", "/lineage?open=stocktwits", wide, "[data-card=user_recs]"],
  ["lineage-focus", "/lineage?focus=film_revenues&hops=2", wide, "[data-card=cpi]"],
  ["lineage-rows", "/lineage?open=stocktwits&lens=rows", wide, "[data-card=user_recs]"],
  ["asset", "/assets/user_recs", wide],
  ["asset-390", "/assets/user_recs", narrow],
  ["partitions", "/assets/user_recs?tab=partitions", wide],
  [
    "backfill",
    `/assets/user_recs?tab=partitions&backfill=range&from=${day(5)}&to=${day(3)}`,
    wide,
    "text=/^Run \\d/",
  ],
  ["recommendations", "/recommendations", wide],
  ["runs", "/runs", wide],
  ["run", `/runs/${await findBackfill()}`, wide],
  [
    "diff",
    `/assets/user_recs?tab=rows&partition=${day(1)}&compare=partition:${day(2)}`,
    wide,
    "text=unchanged",
  ],
  ["columns", "/assets/likes?tab=columns&column=user_id", wide, "text=/^What breaks/"],
  ["schedules", "/schedules", wide],
  ["system", "/system", wide],
  ["films", "/films", wide],
  ["design", "/design", wide],
]

/** @param {number} age in days */
function day(age) {
  return new Date(Date.now() - age * 86_400_000).toISOString().slice(0, 10)
}

/** Finds the newest backfill. */
async function findBackfill() {
  const response = await fetch(`${address}/api/runs`)
  /** @type {{ runs: readonly { id: string, command: string }[] }} */
  const { runs } = JSON.parse(await response.text())
  return runs.find(({ command }) => command.startsWith("freshet backfill"))?.id ?? ""
}

mkdirSync(folder, { recursive: true })
const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu"],
})
for (const theme of /** @type {const} */ (["light", "dark"])) {
  const context = await browser.newContext({ colorScheme: theme, reducedMotion: "reduce" })
  const page = await context.newPage()
  for (const [name, path, viewport, ready = "main h1, main h2"] of pictures) {
    if (names.length > 0 && !names.includes(name)) continue
    await page.setViewportSize(viewport)
    await page.goto(address + path)
    await page.locator(ready).first().waitFor()
    await page.waitForTimeout(1500) // all documents of the page have arrived
    await page.screenshot({ path: `${folder}${name}-${theme}.png` })
  }
  await context.close()
}
await browser.close()

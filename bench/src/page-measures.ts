import type { Browser, Page } from "playwright-core"

/** Remembers when the first element of a selector appeared, as the page draws it. */
async function watchFirst(page: Page, selector: string): Promise<void> {
  await page.addInitScript((watched) => {
    const observer = new MutationObserver(() => {
      if (document.querySelector(watched) === null) return
      observer.disconnect()
      requestAnimationFrame(() => Object.assign(globalThis, { firstFrameMs: performance.now() }))
    })
    observer.observe(document, { childList: true, subtree: true })
  }, selector)
}

function readFirstFrame(page: Page): Promise<number> {
  return page
    .waitForFunction(() => (globalThis as { firstFrameMs?: number }).firstFrameMs)
    .then((handle) => handle.jsonValue())
    .then((ms) => ms ?? Number.NaN)
}

/** Measures a graph in a new browser: from the last document to the first card, and from the navigation to it. */
export async function measureGraph(browser: Browser, address: string) {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
  await watchFirst(page, "[data-card]")
  await page.goto(address)
  const coldMs = await readFirstFrame(page)
  const dataMs = await page.evaluate(() =>
    Math.max(
      ...performance
        .getEntriesByType("resource")
        .filter(({ name }) => /api\/(lineage|status)$/.test(name))
        .map((entry) => (entry as PerformanceResourceTiming).responseEnd),
    ),
  )
  return { coldMs, drawMs: coldMs - dataMs }
}

/** Measures an asset's partitions in a browser that has opened the page before: from the navigation to the first frame with them. */
export async function measurePartitions(browser: Browser, address: string): Promise<number> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } })
  const open = async () => {
    const page = await context.newPage()
    await watchFirst(page, "[data-bar]")
    await page.goto(address)
    const ms = await readFirstFrame(page)
    await page.close()
    return ms
  }
  await open()
  return await open()
}

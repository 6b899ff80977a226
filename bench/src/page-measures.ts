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
    await page.waitForFunction(hasReadCauses)
    await page.close()
    return ms
  }
  await open()
  return await open()
}

/** The delays of a page, from the time of an event of the server to the frame that shows it. */
interface EventDelays {
  /** Steps that start or end: the event itself has everything. */
  readonly stepMs: readonly number[]
  /** Changes of the project: the page reads its documents again. */
  readonly changeMs: readonly number[]
}

/** Measures how long a page takes to show the events of a backfill. */
export async function measureEvents(
  browser: Browser,
  address: string,
  backfill: object,
): Promise<EventDelays> {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
  page.setDefaultTimeout(300_000)
  await page.addInitScript(recordDelays)
  await page.goto(`${address}/`)
  await page.locator("h1").waitFor()
  await page.evaluate(async (target) => {
    const headers = { "content-type": "application/json", "x-freshet-action": "1" }
    await fetch("/api/requests", { method: "POST", headers, body: JSON.stringify({ target }) })
  }, backfill)
  await page.waitForFunction(() => (globalThis as Partial<Recorder>).isSettled?.())
  return page.evaluate(() => (globalThis as unknown as Recorder).delays)
}

interface Recorder {
  readonly delays: { readonly stepMs: number[]; readonly changeMs: number[] }
  readonly isSettled: () => boolean
}

/** Records in the page when the first change of the page after each event is drawn. It is sent as a text: everything that it uses is inside. */
function recordDelays(): void {
  const delays = { stepMs: [] as number[], changeMs: [] as number[] }
  const waiting: { readonly atMs: number; readonly isStep: boolean; isRead: boolean }[] = []
  let isOver = false
  const isSettled = () => isOver && waiting.length === 0 && delays.changeMs.length > 0
  Object.assign(globalThis, { delays, isSettled })
  const observeEvent = (kind: string, data: string) => {
    const event = JSON.parse(data) as { at?: string; request?: { state: string } }
    if (event.request?.state === "ended") isOver = true
    const isStep = kind === "step_started" || kind === "step_ended"
    if (event.at !== undefined && (isStep || kind === "project_changed"))
      waiting.push({ atMs: Date.parse(event.at), isStep, isRead: false })
  }
  const { addEventListener } = EventSource.prototype
  EventSource.prototype.addEventListener = function add(
    this: EventSource,
    kind: string,
    listener: EventListener,
  ) {
    addEventListener.call(this, kind, (event) => {
      if (event instanceof MessageEvent) observeEvent(kind, String(event.data))
      listener.call(this, event)
    })
  } as typeof addEventListener
  new PerformanceObserver((list) => {
    if (!list.getEntries().some(({ name }) => name.endsWith("/api/status"))) return
    for (const event of waiting) event.isRead = true
    record() // a document without a difference changes nothing
  }).observe({ type: "resource" })
  const record = () =>
    requestAnimationFrame(() => {
      const nowMs = performance.timeOrigin + performance.now()
      for (const event of waiting.splice(0))
        if (event.isStep || event.isRead)
          delays[event.isStep ? "stepMs" : "changeMs"].push(nowMs - event.atMs)
        else waiting.push(event)
    })
  new MutationObserver(record).observe(document, {
    childList: true,
    subtree: true,
    characterData: true,
  })
}

/** Tests in the page if the root causes, the last of its documents, have arrived. */
function hasReadCauses(): boolean {
  const entries = performance.getEntriesByType("resource")
  return entries.some(({ name }) => name.endsWith("/api/attention"))
}

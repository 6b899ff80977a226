import { existsSync } from "node:fs"

import { AxeBuilder } from "@axe-core/playwright"
import { type BrowserContext, chromium, type Locator, type Page } from "playwright-core"
import { expect } from "vitest"

const chromiumPaths = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]

/** The installed browser; undefined where there is none, and then its tests are skipped. */
export const chromiumPath = chromiumPaths.find((path) => existsSync(path))

export type Theme = "light" | "dark"

/** A page of a browser, and the errors that it printed. */
export interface TestPage {
  readonly page: Page
  readonly errors: readonly string[]
}

/** The appearance of a page, and the errors of the network that a fault of the test causes. */
export interface PageOptions {
  readonly theme?: Theme
  readonly width?: number
  readonly causedErrors?: RegExp
}

/** Runs `work` in a new browser, and expects that the page prints no other error. */
export async function withPage(
  { theme = "light", width = 1440, causedErrors }: PageOptions,
  work: (page: Page) => Promise<void>,
): Promise<void> {
  const browser = await chromium.launch({
    executablePath: chromiumPath ?? "",
    args: ["--no-sandbox", "--disable-gpu"],
  })
  try {
    const context = await browser.newContext({
      colorScheme: theme,
      reducedMotion: "reduce",
      viewport: { width, height: 900 },
    })
    const { page, errors } = await openPage(context)
    page.setDefaultTimeout(300_000)
    await work(page)
    expect(errors.filter((error) => causedErrors?.test(error) !== true)).toEqual([])
  } finally {
    await browser.close()
  }
}

async function openPage(context: BrowserContext): Promise<TestPage> {
  const page = await context.newPage()
  const errors: string[] = []
  page.on("pageerror", ({ message }) => errors.push(message))
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(message.text())
  })
  return { page, errors }
}

/** Waits until something is visible. */
export async function expectVisible(locator: Locator): Promise<void> {
  await locator.waitFor()
}

/** Expects that axe finds nothing in the page as it is. */
export async function expectAccessible(page: Page, state: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page })
    .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"])
    .analyze()
  const findings = violations.map(
    ({ id, nodes }) =>
      `${state}: ${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(" | ")}`,
  )
  expect(findings).toEqual([])
}

import { fileURLToPath } from "node:url"

import { definitions } from "@freshet/assets"
import { landDemoData } from "@freshet/services"
import { describe, test } from "vitest"

import { withServedProject } from "../served-project.ts"
import { chromiumPath, expectAccessible, expectVisible, type Theme, withPage } from "./browser.ts"

const demo = { days: 1, scale: "S", seed: 1, clean: false, until: "2026-01-10" } as const
const movies = definitions().filter(({ group }) => group === "movies")
/** The migrations of the published tables. */
const migrations = fileURLToPath(new URL("../../../../packages/assets/migrations", import.meta.url))

const assets = [
  "highest_rated_films",
  "popular_genres",
  "box_office_by_release",
  "genre_earnings",
] as const

describe.skipIf(chromiumPath === undefined)("films in Chromium", () => {
  test("four answers are charts with their definitions, and tables with exact values", async () => {
    await withServedProject(
      async ({ address, services, materialize }) => {
        await withPage({}, async (page) => {
          await page.goto(`${address}/films`)
          await expectVisible(page.getByRole("heading", { name: "No answers yet." }))
          await landDemoData(services, { ...demo, group: "movies" })
          await materialize()
          await page.goto(`${address}/films`)
          for (const title of ["of 5", "% of all ratings", "million USD on average", "million USD"])
            await expectVisible(page.locator("h2", { hasText: title }).first())
          await page.getByText("Score: the average pulled towards").click()
          await expectVisible(page.getByText("films with the highest score among those"))
        })
        for (const theme of ["light", "dark"] satisfies readonly Theme[])
          await withPage({ theme }, async (page) => {
            await page.goto(`${address}/films`)
            await expectVisible(page.getByRole("img", { name: /^score [\d.]+, average/ }).first())
            await expectVisible(page.getByRole("img", { name: /^July: / }))
            await expectAccessible(page, `${theme} films`)
            await page.getByRole("link", { name: "Tables" }).click()
            for (const asset of assets)
              await expectVisible(page.getByRole("region", { name: asset, exact: true }))
            await expectAccessible(page, `${theme} tables of films`)
          })
      },
      { assets: movies, demo: () => import("@freshet/demo"), migrations },
    )
  })
})

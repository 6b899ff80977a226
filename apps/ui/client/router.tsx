import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
} from "@tanstack/react-router"

import { prefetchDocuments } from "./api/use-document.ts"
import { listAssetPaths } from "./pages/asset/asset-documents.ts"
import { NotFoundPage, PageError } from "./pages/page-error.tsx"
import { TodayPage } from "./pages/today/today-page.tsx"
import { Shell } from "./shell/shell.tsx"

/** Keeps the text parameters of an address that a page knows. */
function createSearchReader<K extends string>(names: readonly K[]) {
  return (search: Readonly<Record<string, unknown>>): Partial<Record<K, string>> => {
    const entries = names.flatMap((name) => {
      const value = search[name]
      const isText = typeof value === "string" || typeof value === "number"
      return isText && value !== "" ? [[name, String(value)] as const] : []
    })
    return Object.fromEntries(entries) as Partial<Record<K, string>> // the entries have these names
  }
}

const rootRoute = createRootRoute({
  component: Shell,
  notFoundComponent: NotFoundPage,
  loader: () => prefetchDocuments("/api/session", "/api/status"),
})

const todayRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/",
  component: TodayPage,
  loader: () => prefetchDocuments("/api/attention"),
})

const catalogRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/catalog",
  validateSearch: createSearchReader(["selection", "state", "sort"]),
  component: lazyRouteComponent(() => import("./pages/catalog/catalog-page.tsx"), "CatalogPage"),
})

const lineageRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/lineage",
  validateSearch: createSearchReader([
    "selection",
    "focus",
    "hops",
    "open",
    "view",
    "lens",
    "direction",
    "selected",
    "path",
  ]),
  component: lazyRouteComponent(() => import("./pages/lineage/lineage-page.tsx"), "LineagePage"),
  loader: () => prefetchDocuments("/api/lineage"),
})

const readAssetSearch = createSearchReader([
  "tab",
  "partition",
  "column",
  "compare",
  "from",
  "to",
  "backfill",
])

const assetRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/assets/$asset",
  validateSearch: readAssetSearch,
  component: lazyRouteComponent(() => import("./pages/asset/asset-page.tsx"), "AssetPage"),
  loaderDeps: ({ search }) => ({ tab: search.tab }),
  loader: ({ params: { asset }, deps: { tab } }) =>
    prefetchDocuments(...listAssetPaths(asset, tab)),
})

const runsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/runs",
  component: lazyRouteComponent(() => import("./pages/runs/runs-page.tsx"), "RunsPage"),
})

const runRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/runs/$run",
  validateSearch: createSearchReader(["step", "level", "stream", "text"]),
  component: lazyRouteComponent(() => import("./pages/run/run-page.tsx"), "RunPage"),
})

const schedulesRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/schedules",
  component: lazyRouteComponent(
    () => import("./pages/schedules/schedules-page.tsx"),
    "SchedulesPage",
  ),
})

const systemRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/system",
  component: lazyRouteComponent(() => import("./pages/system/system-page.tsx"), "SystemPage"),
})

const recommendationsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/recommendations",
  validateSearch: createSearchReader(["user", "day", "kind", "pick"]),
  component: lazyRouteComponent(
    () => import("./pages/recommendations/recommendations-page.tsx"),
    "RecommendationsPage",
  ),
})

const filmsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/films",
  validateSearch: createSearchReader(["view"]),
  component: lazyRouteComponent(() => import("./pages/films/films-page.tsx"), "FilmsPage"),
})

const stocksRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/stocks",
  validateSearch: createSearchReader([
    "ticker",
    "from",
    "to",
    "start",
    "end",
    "length",
    "bar",
    "view",
  ]),
  component: lazyRouteComponent(() => import("./pages/stocks/stocks-page.tsx"), "StocksPage"),
})

const designRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/design",
  component: lazyRouteComponent(() => import("./pages/design/design-page.tsx"), "DesignPage"),
})

/** The pages and their addresses. */
export const router = createRouter({
  routeTree: rootRoute.addChildren([
    todayRoute,
    catalogRoute,
    lineageRoute,
    assetRoute,
    runsRoute,
    runRoute,
    schedulesRoute,
    systemRoute,
    recommendationsRoute,
    filmsRoute,
    stocksRoute,
    designRoute,
  ]),
  defaultPreload: "intent",
  defaultErrorComponent: PageError,
  scrollRestoration: true,
})

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router
  }
}

import { formatCount } from "@freshet/core/engine"
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router"
import type { ReactNode } from "react"

import type { AssetDetailDocument, TargetDocument } from "../../api/documents.ts"
import { toProblems } from "../../api/fetch-document.ts"
import { formatAssetPath, useDocument } from "../../api/use-document.ts"
import { capitalize } from "../../format.ts"
import { useKeys } from "../../shell/keys.ts"
import { Problems, Skeleton } from "../../ui/layout.tsx"
import { PlanDialog } from "../plan/plan-dialog.tsx"
import { useTitle } from "../use-title.ts"
import { AssetHead } from "./asset-head.tsx"
import { ChecksTab } from "./checks-tab.tsx"
import { CodeTab } from "./code-tab.tsx"
import { ColumnsTab } from "./columns-tab.tsx"
import { listChecks } from "./list-checks.ts"
import { OverviewTab } from "./overview-tab.tsx"
import { PartitionsTab } from "./partitions-tab.tsx"
import { RowsTab } from "./rows-tab.tsx"
import { RunsTab } from "./runs-tab.tsx"

import classes from "./asset.module.css"

const route = getRouteApi("/assets/$asset")

const tabNames = ["overview", "partitions", "rows", "columns", "checks", "code", "runs"] as const

type TabName = (typeof tabNames)[number]

/** Shows one asset: its state and causes, partitions, rows, columns, checks, code and runs. */
export function AssetPage() {
  const { asset: name } = route.useParams()
  const search = route.useSearch()
  const { data: asset, error } = useDocument<AssetDetailDocument>(formatAssetPath(name))
  useTitle(name)
  if (asset === undefined || asset.name !== name)
    return error === null ? <Skeleton /> : <Problems problems={toProblems(error)} />
  const tab = tabNames.find((candidate) => candidate === search.tab) ?? "overview"
  return <LoadedAsset asset={asset} tab={tab} />
}

function LoadedAsset({
  asset,
  tab,
}: {
  readonly asset: AssetDetailDocument
  readonly tab: TabName
}) {
  const { name } = asset
  const search = route.useSearch()
  const { backfill } = search
  const navigate = useNavigate()
  const openPlan = (kind: string | undefined) =>
    void navigate({
      to: "/assets/$asset",
      params: { asset: name },
      search: ({ backfill: _, ...search }) =>
        kind === undefined ? search : { ...search, backfill: kind },
    })
  const openTab = (at: number) => () => {
    const tabName = tabNames[at]
    if (tabName !== undefined)
      void navigate({ to: "/assets/$asset", params: { asset: name }, search: { tab: tabName } })
  }
  const isMaterializable = asset.kind !== "source"
  useKeys({
    ...Object.fromEntries(tabNames.map((_, at) => [String(at + 1), openTab(at)])),
    l: () => void navigate({ to: "/lineage", search: { focus: name } }),
    b: () => isMaterializable && openPlan("range"),
    m: () => isMaterializable && openPlan("newest"),
  })
  const target = backfill === undefined ? undefined : createTarget(asset, backfill, search)
  return (
    <>
      <AssetHead asset={asset} onPlan={openPlan} />
      <Tabs asset={asset} tab={tab} />
      <TabContent asset={asset} tab={tab} onPlan={openPlan} />
      {target === undefined ? null : (
        <PlanDialog
          key={JSON.stringify(target)}
          title={target.kind === "backfill" ? `Backfill ${name}` : `Materialize ${name}`}
          subtitle={
            target.kind === "backfill"
              ? "Rebuilds past partitions with their stale upstreams. Published tables stay at the newest partition."
              : "Rebuilds the newest partition with its stale upstreams, then publishes."
          }
          initialTarget={target}
          onClose={() => openPlan(undefined)}
        />
      )}
    </>
  )
}

/** Creates the request of a dialog: the newest partition, or the selected or newest range. */
function createTarget(
  { name, newest_partition: newest, partition_noun: noun }: AssetDetailDocument,
  kind: string,
  { from, to }: { readonly from?: string; readonly to?: string },
): TargetDocument {
  if (kind === "newest" || noun === null)
    return { kind: "materialize", selection: [name], partitions: {}, publish: true }
  const key = newest ?? ""
  const partitions =
    noun === "key" ? { partition: from ?? key } : { from: from ?? key, to: to ?? key }
  return { kind: "backfill", asset: name, partitions, downstream: false }
}

function Tabs({ asset, tab }: { readonly asset: AssetDetailDocument; readonly tab: TabName }) {
  const { partitions, rows, columns, name } = asset
  const counts: Readonly<Record<TabName, number | null>> = {
    overview: null,
    partitions: partitions.total,
    rows,
    columns: columns.length,
    checks: listChecks(asset).length,
    code: null,
    runs: null,
  }
  return (
    <nav className={classes["tabs"]} aria-label="Asset">
      {tabNames.map((tabName) => (
        <Link
          key={tabName}
          to="/assets/$asset"
          params={{ asset: name }}
          search={tabName === "overview" ? {} : { tab: tabName }}
          className={classes["tab"]}
          activeOptions={{ exact: true, includeSearch: true }}
          aria-current={tabName === tab ? "page" : undefined}
        >
          {capitalize(tabName)}{" "}
          <span className="faint">
            {counts[tabName] === null ? "" : formatCount(counts[tabName])}
          </span>
        </Link>
      ))}
    </nav>
  )
}

function TabContent({
  asset,
  tab,
  onPlan,
}: {
  readonly asset: AssetDetailDocument
  readonly tab: TabName
  readonly onPlan: (kind: string) => void
}): ReactNode {
  switch (tab) {
    case "overview":
      return <OverviewTab asset={asset} onPlan={onPlan} />
    case "partitions":
      return <PartitionsTab asset={asset} onPlan={onPlan} />
    case "rows":
      return <RowsTab asset={asset} />
    case "columns":
      return <ColumnsTab asset={asset} />
    case "checks":
      return <ChecksTab asset={asset} />
    case "code":
      return <CodeTab asset={asset} />
    case "runs":
      return <RunsTab asset={asset} />
  }
}

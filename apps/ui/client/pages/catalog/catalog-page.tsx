import { formatQuantity } from "@freshet/core/engine"
import { getRouteApi, useNavigate } from "@tanstack/react-router"
import { useMemo, useState } from "react"

import type { AssetListDocument, StatusDocument } from "../../api/documents.ts"
import { toProblems } from "../../api/fetch-document.ts"
import { formatPath, useDocument } from "../../api/use-document.ts"
import { useKeys } from "../../shell/keys.ts"
import { Button } from "../../ui/controls.tsx"
import { Empty, Problems, Skeleton } from "../../ui/layout.tsx"
import { PlanDialog } from "../plan/plan-dialog.tsx"
import { useTitle } from "../use-title.ts"
import { CatalogTable } from "./catalog-table.tsx"
import { matchesState } from "./matches-state.ts"
import { useRowCounts } from "./row-trend.tsx"
import { SelectionField } from "./selection-field.tsx"
import { SelectionTray } from "./selection-tray.tsx"
import { formatNextSort, parseSort, sortAssets, type SortName } from "./sort-assets.ts"
import { StateChips } from "./state-chips.tsx"

import classes from "./catalog.module.css"

const route = getRouteApi("/catalog")

/** Lists the assets with their states. The search field reads the selection grammar of the command line. */
export function CatalogPage() {
  useTitle("Catalog")
  const { selection, state } = route.useSearch()
  const {
    data: status,
    error,
    isPlaceholderData,
  } = useDocument<StatusDocument>(formatPath("/api/status", { selection }))
  const owners = useOwners()
  const rowCounts = useRowCounts()
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set())
  const [isPlanning, setIsPlanning] = useState(false)
  const { assets, sort, changeSort } = useSortedAssets(status)
  useKeys({
    p: () => setIsPlanning(selected.size > 0),
    Escape: () => setSelected(new Set()),
  })
  return (
    <>
      <div className={classes["head"]}>
        <h1>Catalog</h1>
      </div>
      <SelectionField
        selection={selection ?? ""}
        problems={error === null ? [] : toProblems(error)}
      />
      {status === undefined ? null : <StateChips assets={status.assets} state={state} />}
      {status === undefined ? (
        error === null ? (
          <Skeleton />
        ) : (
          <Problems problems={toProblems(error)} />
        )
      ) : assets.length === 0 && !isPlaceholderData ? (
        <NoMatch status={status} state={state} />
      ) : (
        <CatalogTable
          {...{ assets, owners, rowCounts, selected, sort }}
          now={status.now}
          onSelect={setSelected}
          onSort={changeSort}
        />
      )}
      <SelectionTray
        names={[...selected]}
        onPlan={() => setIsPlanning(true)}
        onClear={() => setSelected(new Set())}
      />
      {isPlanning && selected.size > 0 ? (
        <SelectionPlan names={[...selected]} onClose={() => setIsPlanning(false)} />
      ) : null}
    </>
  )
}

function SelectionPlan({
  names,
  onClose,
}: {
  readonly names: readonly string[]
  readonly onClose: () => void
}) {
  return (
    <PlanDialog
      title={`Materialize ${formatQuantity(names.length, "asset")}`}
      subtitle="The newest partition of each asset, with its stale upstreams."
      initialTarget={{ kind: "materialize", selection: names, partitions: {}, publish: true }}
      onClose={onClose}
    />
  )
}

/** Selects the assets in the state of the address, in the order of the address. */
function useSortedAssets(status: StatusDocument | undefined) {
  const { state, sort: sortText } = route.useSearch()
  const navigate = useNavigate()
  const sort = useMemo(() => parseSort(sortText), [sortText])
  const assets = useMemo(() => {
    const listedAssets = status?.assets.filter((asset) => matchesState(asset, state))
    return sortAssets(listedAssets ?? [], sort)
  }, [status, state, sort])
  const changeSort = (name: SortName) =>
    void navigate({
      to: "/catalog",
      search: (search) => ({ ...search, sort: formatNextSort(sort, name) }),
      replace: true,
    })
  return { assets, sort, changeSort }
}

/** Reads the owners of the assets that have any. */
function useOwners(): ReadonlyMap<string, readonly string[]> {
  const { data } = useDocument<AssetListDocument>("/api/assets")
  return useMemo(() => {
    const assets = (data?.assets ?? []).filter(({ owners }) => owners.length > 0)
    return new Map(assets.map(({ name, owners }) => [name, owners]))
  }, [data])
}

function NoMatch({
  status,
  state,
}: {
  readonly status: StatusDocument
  readonly state: string | undefined
}) {
  const navigate = useNavigate()
  const { assets } = status
  return (
    <Empty title="No asset matches.">
      <p className="quiet">
        {assets.length === 0
          ? "The selection matches no asset."
          : `The selection has ${formatQuantity(assets.length, "asset")}; none of them is ${state}.`}
      </p>
      <Button onClick={() => void navigate({ to: "/catalog", search: {} })}>Show all assets</Button>
    </Empty>
  )
}

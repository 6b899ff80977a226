import { Link } from "@tanstack/react-router"

import type { AssetDetailDocument, StatusDocument } from "../../api/documents.ts"
import { useDocument } from "../../api/use-document.ts"
import { getShownState } from "../../asset-state.ts"
import { Icon } from "../../ui/icons.tsx"
import { Section } from "../../ui/layout.tsx"
import type { StateName } from "../../ui/state-names.ts"
import { StateIcon } from "../../ui/state.tsx"
import { formatReadWindow } from "./read-window.ts"

import classes from "./asset.module.css"

/** The assets that an asset reads, and those that read it. */
export function Neighbours({ asset }: { readonly asset: AssetDetailDocument }) {
  const { data: status } = useDocument<StatusDocument>("/api/status")
  const states = new Map(status?.assets.map((state) => [state.name, getShownState(state)]))
  const windows = new Map(asset.reads.map((read) => [read.asset, formatReadWindow(read, asset)]))
  const upstream = [...windows.keys()].filter((name) => name !== asset.name)
  return (
    <Section
      title="Reads and readers"
      detail={`reads ${upstream.length}, read by ${asset.read_by.length}`}
    >
      <div className={classes["neighbours"]}>
        <Cards names={upstream} states={states} windows={windows} empty="reads nothing" />
        <Icon name="arrow" />
        <div>
          <span className={`${classes["card"]} ${classes["self"]}`}>
            <StateIcon state={getShownState(asset)} />
            {asset.name}
          </span>
        </div>
        <Icon name="arrow" />
        <Cards names={asset.read_by} states={states} windows={new Map()} empty="no readers" />
      </div>
    </Section>
  )
}

function Cards({
  names,
  states,
  windows,
  empty,
}: {
  readonly names: readonly string[]
  readonly states: ReadonlyMap<string, StateName>
  readonly windows: ReadonlyMap<string, string>
  readonly empty: string
}) {
  if (names.length === 0) return <p className="faint">{empty}</p>
  return (
    <div>
      {names.map((name) => (
        <Link key={name} to="/assets/$asset" params={{ asset: name }} className={classes["card"]}>
          <StateIcon state={states.get(name) ?? "missing"} />
          <span>
            {name} <span className="faint small nowrap">{windows.get(name)}</span>
          </span>
        </Link>
      ))}
    </div>
  )
}

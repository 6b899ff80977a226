import { formatCount } from "@freshet/core/engine"
import { Link } from "@tanstack/react-router"

import type { AssetStateDocument, LineageDocument } from "../../api/documents.ts"
import { getShownCause, getShownState } from "../../asset-state.ts"
import { useRootCauses } from "../../root-causes.ts"
import { Button, Field, getButtonClass, inputClass, Key } from "../../ui/controls.tsx"
import { Facts, listClass, Section } from "../../ui/layout.tsx"
import type { StateName } from "../../ui/state-names.ts"
import { StateBadge, StateIcon } from "../../ui/state.tsx"
import { findPaths } from "./view-graph.ts"

import classes from "./lineage.module.css"

interface LineageDrawerProps {
  readonly asset: AssetStateDocument
  readonly lineage: LineageDocument
  readonly states: ReadonlyMap<string, StateName>
  readonly onSelect: (name: string) => void
  readonly onFocus: (name: string) => void
  /** The other end of the path that is shown. */
  readonly pathEnd: string | undefined
  readonly onPath: (name: string | undefined) => void
  readonly onClose: () => void
}

/** The selected asset: its state and cause, what it reads, and what reads it. */
export function LineageDrawer({
  asset,
  lineage,
  states,
  onSelect,
  onFocus,
  pathEnd,
  onPath,
  onClose,
}: LineageDrawerProps) {
  const { name, overdue, rows, newest_partition: newest } = asset
  const state = getShownState(asset)
  const cause = getShownCause(asset, useRootCauses())
  const upstream = lineage.edges.filter(({ to }) => to === name).map(({ from }) => from)
  const downstream = lineage.edges.filter(({ from }) => from === name).map(({ to }) => to)
  return (
    <aside className={classes["drawer"]} aria-label={`Selected asset ${name}`}>
      <div className="stack">
        <h2>{name}</h2>
        <p className="row">
          <StateBadge state={state} />
          {overdue === null ? null : <StateBadge state="overdue" />}
        </p>
        {cause === "" ? null : (
          <p className="quiet">{state === "blocked" ? `${state} ${cause}` : cause}</p>
        )}
        <p className="row">
          <Link to="/assets/$asset" params={{ asset: name }} className={getButtonClass()}>
            Open <Key>↵</Key>
          </Link>
          <Button onClick={() => onFocus(name)}>
            Focus <Key>f</Key>
          </Button>
          <Button look="plain" onClick={onClose}>
            Close <Key>esc</Key>
          </Button>
        </p>
        <PathField name={name} lineage={lineage} pathEnd={pathEnd} onPath={onPath} />
        <Facts
          facts={[
            ["Newest", newest ?? ""],
            ["Rows", rows === null ? "" : formatCount(rows)],
          ]}
        />
      </div>
      <Names title="Reads" names={[...new Set(upstream)]} states={states} onSelect={onSelect} />
      <Names title="Read by" names={[...new Set(downstream)]} states={states} onSelect={onSelect} />
    </aside>
  )
}

/** The choice of the other end of a path: the assets upstream and downstream. */
function PathField({
  name,
  lineage: { edges },
  pathEnd = "",
  onPath,
}: Pick<LineageDrawerProps, "lineage" | "pathEnd" | "onPath"> & { readonly name: string }) {
  const names = [...findPaths(edges, name)].filter((end) => end !== name).toSorted()
  if (names.length === 0) return null
  return (
    <Field label="Path to">
      <select
        className={inputClass}
        value={pathEnd}
        onChange={({ target }) => onPath(target.value === "" ? undefined : target.value)}
      >
        <option value="">no path</option>
        {[...new Set(pathEnd === "" ? names : [...names, pathEnd])].map((end) => (
          <option key={end}>{end}</option>
        ))}
      </select>
    </Field>
  )
}

function Names({
  title,
  names,
  states,
  onSelect,
}: Pick<LineageDrawerProps, "states" | "onSelect"> & {
  readonly title: string
  readonly names: readonly string[]
}) {
  return (
    <div style={{ marginTop: "var(--s5)" }}>
      <Section title={title} detail={names.length}>
        <ul className={listClass}>
          {names.map((name) => {
            const state = states.get(name) ?? "missing"
            return (
              <li key={name}>
                <StateIcon state={state} />
                <button
                  type="button"
                  onClick={() => onSelect(name)}
                  style={{
                    border: 0,
                    background: "none",
                    padding: 0,
                    textAlign: "left",
                    cursor: "pointer",
                    overflowWrap: "anywhere",
                  }}
                >
                  {name}
                </button>
                <span className="quiet">{state}</span>
              </li>
            )
          })}
        </ul>
      </Section>
    </div>
  )
}

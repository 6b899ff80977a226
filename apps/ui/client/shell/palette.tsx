import { useNavigate } from "@tanstack/react-router"
import { type KeyboardEvent, useState } from "react"

import type { AssetListDocument, AssetStateDocument, StatusDocument } from "../api/documents.ts"
import { useDocument } from "../api/use-document.ts"
import { getShownState } from "../asset-state.ts"
import { Key } from "../ui/controls.tsx"
import { Dialog } from "../ui/dialog.tsx"
import { Icon, type IconName } from "../ui/icons.tsx"
import { StateIcon } from "../ui/state.tsx"
import { navigationEntries } from "./navigation-entries.ts"

import classes from "./palette.module.css"

interface PaletteEntry {
  readonly key: string
  readonly label: string
  readonly detail: string
  readonly icon?: IconName
  readonly asset?: AssetStateDocument
  readonly address: string
}

const listedCount = 12

/** Finds an asset, a column or a page by its name. Enter opens it, and Shift+Enter opens its lineage. */
export function Palette({ onClose }: { readonly onClose: () => void }) {
  const [text, setText] = useState("")
  const [position, setPosition] = useState(0)
  const navigate = useNavigate()
  const entries = usePaletteEntries(text).slice(0, listedCount)
  const selectedEntry = entries[Math.min(position, entries.length - 1)]
  const open = (entry: PaletteEntry | undefined, inLineage: boolean) => {
    if (entry === undefined) return
    onClose()
    const name = entry.asset?.name
    void navigate(
      inLineage && name !== undefined ? { to: `/lineage?focus=${name}` } : { to: entry.address },
    )
  }
  const handleKey = (event: KeyboardEvent) => {
    const steps = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (steps !== undefined) {
      event.preventDefault()
      setPosition(Math.max(0, Math.min(entries.length - 1, position + steps)))
    }
    if (event.key === "Enter") open(selectedEntry, event.shiftKey)
  }
  return (
    <Dialog title="Search" isNarrow onClose={onClose}>
      <div className={classes["search"]}>
        <Icon name="search" />
        <input
          data-autofocus
          role="combobox"
          aria-expanded="true"
          aria-controls="palette-entries"
          aria-activedescendant={
            selectedEntry === undefined ? undefined : `entry-${selectedEntry.key}`
          }
          aria-label="Name of an asset, a column or a page"
          placeholder="Asset, column or page"
          value={text}
          onChange={({ target }) => {
            setText(target.value)
            setPosition(0)
          }}
          onKeyDown={handleKey}
        />
        <Key>↵</Key> open <Key>⇧↵</Key> lineage
      </div>
      <ul id="palette-entries" role="listbox" aria-label="Results">
        {entries.map((entry) => (
          <PaletteOption
            key={entry.key}
            entry={entry}
            isSelected={entry === selectedEntry}
            onOpen={() => open(entry, false)}
          />
        ))}
      </ul>
      {entries.length === 0 ? <p className="quiet">Nothing is called “{text}”.</p> : null}
    </Dialog>
  )
}

function PaletteOption({
  entry: { key, label, detail, icon, asset },
  isSelected,
  onOpen,
}: {
  readonly entry: PaletteEntry
  readonly isSelected: boolean
  readonly onOpen: () => void
}) {
  return (
    <li
      id={`entry-${key}`}
      role="option"
      aria-selected={isSelected}
      className={classes["option"]}
      onClick={onOpen}
    >
      {asset === undefined ? (
        <Icon name={icon ?? "catalog"} />
      ) : (
        <StateIcon state={getShownState(asset)} />
      )}
      <span className="strong">{label}</span>
      <span className="faint push">{detail}</span>
    </li>
  )
}

function usePaletteEntries(text: string): readonly PaletteEntry[] {
  const { data: status } = useDocument<StatusDocument>("/api/status")
  const { data: list } = useDocument<AssetListDocument>("/api/assets")
  const query = text.trim().toLowerCase()
  const names = new Set(status?.assets.map(({ name }) => name))
  const listedPages = navigationEntries.filter(
    ({ asset }) => asset === undefined || names.has(asset),
  )
  const pages = listedPages.map(({ to, icon, label }) => ({
    key: `page-${label}`,
    label,
    detail: "page",
    icon,
    address: to,
  }))
  const assets = (status?.assets ?? []).map((asset) => ({
    key: `asset-${asset.name}`,
    label: asset.name,
    detail:
      asset.main_cause === asset.status ? asset.group : `${asset.status}: ${asset.main_cause}`,
    asset,
    address: `/assets/${asset.name}`,
  }))
  const columns = listColumns(list)
  const allEntries = query === "" ? [...pages, ...assets] : [...assets, ...pages, ...columns]
  const entries = allEntries.filter(({ label }) => label.toLowerCase().includes(query))
  const rank = ({ label }: PaletteEntry) => (label.toLowerCase().startsWith(query) ? 0 : 1)
  return entries.toSorted((first, second) => rank(first) - rank(second))
}

function listColumns(list: AssetListDocument | undefined): readonly PaletteEntry[] {
  return (list?.assets ?? []).flatMap(({ name, columns }) =>
    columns.map((column) => ({
      key: `column-${name}-${column}`,
      label: `${name}.${column}`,
      detail: "column",
      icon: "catalog" as const,
      address: `/assets/${name}?tab=columns`,
    })),
  )
}

import { useEffect, useState } from "react"

import type { LineageDocument, ProblemDocument } from "../../api/documents.ts"
import { Button, inputClass, Key } from "../../ui/controls.tsx"
import { getLensTitle, lensNames } from "./lenses.ts"
import { formatOpenGroups, type LineageView } from "./lineage-view.ts"

import classes from "./lineage.module.css"

interface LineageBarProps {
  readonly view: LineageView
  readonly lineage: LineageDocument
  readonly problems: readonly ProblemDocument[]
}

/** The selection, the lens, the groups, and the hops of a focused asset. */
export function LineageBar({ view, lineage, problems }: LineageBarProps) {
  const { focus, isTable } = view
  return (
    <div className={classes["bar"]}>
      <h1>Lineage</h1>
      <SelectionInput view={view} />
      {problems.map(({ message }) => (
        <span key={message} role="alert" style={{ color: "var(--failed)" }}>
          {message}
        </span>
      ))}
      {focus === undefined ? null : <FocusControls view={view} focus={focus} />}
      <span className="row push">
        <LensSwitch view={view} />
        <GroupButton view={view} lineage={lineage} />
        <Button
          aria-pressed={isTable}
          onClick={() => view.change({ view: isTable ? undefined : "table" })}
        >
          {isTable ? "Graph" : "Table"} <Key>v</Key>
        </Button>
      </span>
    </div>
  )
}

function SelectionInput({ view }: { readonly view: LineageView }) {
  const { selection = "" } = view
  const [text, setText] = useState(selection)
  useEffect(() => setText(selection), [selection])
  const submit = () => {
    if (text !== selection)
      view.change({ selection: text === "" ? undefined : text, focus: undefined })
  }
  return (
    <input
      className={inputClass}
      value={text}
      aria-label="Selection of assets"
      placeholder="+user_recs, group:movies, status:stale"
      spellCheck={false}
      onChange={({ target }) => setText(target.value)}
      onKeyDown={({ key }) => key === "Enter" && submit()}
      onBlur={submit}
    />
  )
}

function LensSwitch({ view }: { readonly view: LineageView }) {
  return (
    <fieldset className={classes["lenses"]}>
      <legend className="hidden-text">Lens</legend>
      {lensNames.map((name) => (
        <label key={name} data-checked={view.lens === name}>
          <input
            type="radio"
            name="lens"
            checked={view.lens === name}
            onChange={() => view.change({ lens: name === "state" ? undefined : name })}
          />
          {getLensTitle(name)}
        </label>
      ))}
    </fieldset>
  )
}

function GroupButton({ view, lineage }: Omit<LineageBarProps, "problems">) {
  const { open, focus, selection } = view
  if (focus !== undefined || selection !== undefined)
    return (
      <Button
        onClick={() => view.change({ focus: undefined, selection: undefined, hops: undefined })}
      >
        All assets
      </Button>
    )
  const groups = [...new Set(lineage.nodes.map(({ group }) => group))]
  const isOpen = open.size === groups.length
  return (
    <Button onClick={() => view.change({ open: formatOpenGroups(isOpen ? [] : groups) })}>
      {isOpen ? "Collapse groups" : "Expand groups"}
    </Button>
  )
}

function FocusControls({ view, focus }: { readonly view: LineageView; readonly focus: string }) {
  const { hops } = view
  return (
    <span className="row">
      <span className="strong">{focus}</span>
      <Button
        aria-label="Fewer hops"
        disabled={hops === 1}
        onClick={() => view.change({ hops: String(hops - 1) })}
      >
        −
      </Button>
      <span>± {hops}</span>
      <Button aria-label="More hops" onClick={() => view.change({ hops: String(hops + 1) })}>
        +
      </Button>
    </span>
  )
}

import { useReactFlow } from "@xyflow/react"
import { useEffect, useState } from "react"

import type { LineageDocument, ProblemDocument } from "../../api/documents.ts"
import { Button, inputClass, Key } from "../../ui/controls.tsx"
import { stateNames } from "../../ui/state-names.ts"
import { State } from "../../ui/state.tsx"
import type { LineageView } from "./lineage-view.ts"

import classes from "./lineage.module.css"

interface LineageBarProps {
  readonly view: LineageView
  readonly lineage: LineageDocument
  readonly problems: readonly ProblemDocument[]
}

/** The selection, the groups, and the hops of a focused asset. */
export function LineageBar({ view, lineage, problems }: LineageBarProps) {
  const { selection = "", focus, isTable, open } = view
  const [text, setText] = useState(selection)
  useEffect(() => setText(selection), [selection])
  const groups = [...new Set(lineage.nodes.map(({ group }) => group))]
  const submit = () => view.change({ selection: text === "" ? undefined : text, focus: undefined })
  return (
    <div className={classes["bar"]}>
      <h1>Lineage</h1>
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
      {problems.map(({ message }) => (
        <span key={message} role="alert" style={{ color: "var(--failed)" }}>
          {message}
        </span>
      ))}
      {focus === undefined ? null : <FocusControls view={view} focus={focus} />}
      <span className="row push">
        {focus === undefined && selection === "" ? (
          <Button
            onClick={() =>
              view.change({ open: open.size === groups.length ? "" : groups.join(",") })
            }
          >
            {open.size === groups.length ? "Collapse groups" : "Expand groups"}
          </Button>
        ) : (
          <Button
            onClick={() => view.change({ focus: undefined, selection: undefined, hops: undefined })}
          >
            All assets
          </Button>
        )}
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

/** The legend and the zoom. */
export function LineageFoot() {
  const { zoomIn, zoomOut, fitView } = useReactFlow()
  return (
    <div className={classes["foot"]}>
      {stateNames
        .filter((state) => state !== "queued")
        .map((state) => (
          <State key={state} state={state} />
        ))}
      <span className="row push">
        <Button aria-label="Zoom out" onClick={() => void zoomOut()}>
          −
        </Button>
        <Button aria-label="Zoom in" onClick={() => void zoomIn()}>
          +
        </Button>
        <Button onClick={() => void fitView({ padding: 0.06, maxZoom: 1.1 })}>
          Fit <Key>0</Key>
        </Button>
      </span>
    </div>
  )
}

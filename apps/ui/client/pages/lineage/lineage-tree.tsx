import { type KeyboardEvent, useRef, useState } from "react"

import type { LineageDocument } from "../../api/documents.ts"
import { Icon } from "../../ui/icons.tsx"
import type { StateName } from "../../ui/state-names.ts"
import { StateIcon } from "../../ui/state.tsx"

import classes from "./lineage.module.css"

interface LineageTreeProps {
  readonly lineage: LineageDocument
  readonly states: ReadonlyMap<string, StateName>
  readonly open: ReadonlySet<string>
  readonly selected: string | undefined
  readonly onToggle: (group: string) => void
  readonly onSelect: (name: string) => void
  readonly onOpen: (name: string) => void
}

interface TreeRow {
  readonly id: string
  readonly kind: "group" | "asset"
  readonly name: string
  readonly group: string
}

/** The groups and their assets as a tree: the content of the graph for the keyboard and for screen readers. */
export function LineageTree(props: LineageTreeProps) {
  const { lineage, open, selected, onSelect } = props
  const rows = listRows(lineage, open)
  const [activeId, setActiveId] = useState<string>()
  const tree = useRef<HTMLUListElement>(null)
  const current = rows.find(({ id }) => id === (activeId ?? selected)) ?? rows[0]
  const move = (row: TreeRow | undefined) => {
    if (row === undefined) return
    setActiveId(row.id)
    if (row.kind === "asset") onSelect(row.name)
    requestAnimationFrame(() =>
      tree.current?.querySelector<HTMLElement>(`[data-row="${CSS.escape(row.id)}"]`)?.focus(),
    )
  }
  const handleKey = (event: KeyboardEvent) => {
    const target = current === undefined ? undefined : findTarget(event.key, rows, current)
    const isHandled =
      target !== undefined || (current !== undefined && act(event.key, current, props))
    if (!isHandled) return
    event.preventDefault()
    event.stopPropagation()
    move(target)
  }
  const groups = [...new Set(lineage.nodes.map(({ group }) => group))]
  return (
    <nav className={classes["tree"]} aria-label="Assets by group">
      <ul ref={tree} role="tree" aria-label="Groups and assets" onKeyDown={handleKey}>
        {groups.map((group) => (
          <GroupItem key={group} group={group} currentId={current?.id} props={props} />
        ))}
      </ul>
    </nav>
  )
}

function listRows({ nodes }: LineageDocument, open: ReadonlySet<string>): readonly TreeRow[] {
  const groups = [...new Set(nodes.map(({ group }) => group))]
  return groups.flatMap((group) => [
    { id: `group:${group}`, kind: "group" as const, name: group, group },
    ...(open.has(group)
      ? nodes
          .filter((node) => node.group === group)
          .map(({ name }) => ({ id: name, kind: "asset" as const, name, group }))
      : []),
  ])
}

function findTarget(key: string, rows: readonly TreeRow[], current: TreeRow): TreeRow | undefined {
  const at = rows.findIndex(({ id }) => id === current.id)
  if (key === "ArrowDown") return rows[Math.min(rows.length - 1, at + 1)]
  if (key === "ArrowUp") return rows[Math.max(0, at - 1)]
  if (key === "Home") return rows[0]
  if (key === "End") return rows.at(-1)
  if (key === "ArrowLeft" && current.kind === "asset")
    return rows.find(({ id }) => id === `group:${current.group}`)
  return undefined
}

/** Acts on the current row: Right expands, Left collapses, Enter opens. */
function act(key: string, row: TreeRow, { open, onToggle, onOpen }: LineageTreeProps): boolean {
  const isOpen = open.has(row.group)
  if (row.kind === "asset") {
    if (key === "Enter") onOpen(row.name)
    return key === "Enter"
  }
  const isToggle =
    key === "Enter" || (key === "ArrowRight" && !isOpen) || (key === "ArrowLeft" && isOpen)
  if (isToggle) onToggle(row.group)
  return isToggle
}

function GroupItem({
  group,
  currentId,
  props,
}: {
  readonly group: string
  readonly currentId: string | undefined
  readonly props: LineageTreeProps
}) {
  const { lineage, open, states, selected, onToggle, onSelect, onOpen } = props
  const isOpen = open.has(group)
  const assets = lineage.nodes.filter((node) => node.group === group)
  return (
    <li
      role="treeitem"
      aria-expanded={isOpen}
      aria-selected={false}
      data-row={`group:${group}`}
      tabIndex={currentId === `group:${group}` ? 0 : -1}
    >
      <div className={classes["item"]} onClick={() => onToggle(group)}>
        <span style={{ display: "flex", transform: isOpen ? "rotate(90deg)" : "none" }}>
          <Icon name="next" size={12} />
        </span>
        <span className="strong">{group}</span>
        <span className="faint push">{assets.length}</span>
      </div>
      {isOpen ? (
        <ul role="group">
          {assets.map(({ name }) => (
            <li
              key={name}
              role="treeitem"
              aria-selected={name === selected}
              data-row={name}
              tabIndex={currentId === name ? 0 : -1}
            >
              <div
                className={classes["item"]}
                data-selected={name === selected}
                onClick={() => onSelect(name)}
                onDoubleClick={() => onOpen(name)}
              >
                <StateIcon state={states.get(name) ?? "missing"} />
                <span style={{ overflowWrap: "anywhere" }}>{name}</span>
              </div>
            </li>
          ))}
        </ul>
      ) : null}
    </li>
  )
}

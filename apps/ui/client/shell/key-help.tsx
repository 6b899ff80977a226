import { Key } from "../ui/controls.tsx"
import { Dialog } from "../ui/dialog.tsx"
import { Facts } from "../ui/layout.tsx"

const groups: readonly (readonly [
  string,
  readonly (readonly [keys: string, meaning: string])[],
])[] = [
  [
    "Everywhere",
    [
      ["⌘K", "search assets and pages"],
      ["g t", "Today"],
      ["g c", "Catalog"],
      ["g l", "Lineage"],
      ["g r", "Runs"],
      ["g s", "Schedules"],
      ["t", "light or dark"],
      ["?", "this list"],
    ],
  ],
  [
    "Today",
    [
      ["j k", "next and previous cause"],
      ["w", "why"],
      ["x", "fix: opens the plan"],
    ],
  ],
  [
    "Catalog",
    [
      ["/", "selection"],
      ["space", "select"],
      ["⇧ click", "select up to here"],
      ["p", "plan the selected assets"],
    ],
  ],
  [
    "Stocks",
    [
      ["← →", "previous and next bar"],
      ["+ −", "zoom in and out"],
      ["0", "the whole range"],
    ],
  ],
  [
    "Asset",
    [
      ["1 – 7", "tabs"],
      ["b", "backfill"],
      ["m", "materialize"],
      ["l", "lineage"],
    ],
  ],
  [
    "Partitions",
    [
      ["← →", "move"],
      ["⇧← ⇧→", "select several"],
    ],
  ],
  [
    "Lineage",
    [
      ["enter", "open the asset"],
      ["f", "focus on the asset"],
      ["+ −", "more or fewer hops"],
      ["← →", "nearest card"],
      ["c", "collapse the group"],
      ["l", "next lens"],
      ["o", "direction"],
      ["v", "graph or table"],
      ["0", "fit"],
    ],
  ],
  [
    "Run",
    [
      ["/", "filter the log"],
      ["e", "next error"],
    ],
  ],
  [
    "Recommendations",
    [
      ["↑ ↓", "previous and next entry"],
      ["← →", "previous and next day"],
    ],
  ],
]

/** Lists the keys of every page. */
export function KeyHelp({ onClose }: { readonly onClose: () => void }) {
  return (
    <Dialog title="Keys" isNarrow onClose={onClose}>
      {groups.map(([title, keys]) => (
        <section key={title}>
          <h3 className="strong">{title}</h3>
          <Facts facts={keys.map(([key, meaning]) => [meaning, <Key key={key}>{key}</Key>])} />
        </section>
      ))}
    </Dialog>
  )
}

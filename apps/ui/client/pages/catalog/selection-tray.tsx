import { formatQuantity } from "@freshet/core/engine"
import { Link } from "@tanstack/react-router"

import { Button, getButtonClass, Key } from "../../ui/controls.tsx"

import classes from "./catalog.module.css"

/** The actions for the selected assets. */
export function SelectionTray({
  names,
  onPlan,
  onClear,
}: {
  readonly names: readonly string[]
  readonly onPlan: () => void
  readonly onClear: () => void
}) {
  if (names.length === 0) return null
  const selection = names.join(" or ")
  return (
    <div className={classes["tray"]} role="region" aria-label="Selected assets">
      <span>{formatQuantity(names.length, "asset")} selected</span>
      {names.length > 6 ? null : <code className="quiet">{selection}</code>}
      <Button look="primary" onClick={onPlan}>
        Plan… <Key>p</Key>
      </Button>
      <Link to="/lineage" search={{ selection }} className={getButtonClass()}>
        Show in lineage
      </Link>
      <Button look="plain" onClick={onClear}>
        Clear <Key>esc</Key>
      </Button>
    </div>
  )
}

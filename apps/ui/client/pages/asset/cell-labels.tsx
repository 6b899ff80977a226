import classes from "./asset.module.css"

/** The most cells that have a label each. */
const maxLabels = 16

/** The names of cells: of a few days each one, else the first and the last. Narrow screens show the latter. */
export function CellLabels({ keys }: { readonly keys: readonly string[] }) {
  const isLabelled = keys.length > 1 && keys.length <= maxLabels && keys.every(isDay)
  return (
    <>
      <div className={`${classes["heatLabels"]} ${isLabelled ? classes["endLabels"] : ""}`}>
        <span>{keys[0]}</span>
        <span>{keys.length < 2 ? "" : keys.at(-1)}</span>
      </div>
      {isLabelled ? (
        <div className={classes["cellLabels"]}>
          {keys.map((key, at) => (
            <span key={key}>{formatDay(key, at === 0)}</span>
          ))}
        </div>
      ) : null}
    </>
  )
}

function isDay(key: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(key)
}

/** Formats the first day, and the first of a month, with the month. */
function formatDay(day: string, isFirst: boolean): string {
  return isFirst || day.endsWith("-01") ? day.slice(5) : day.slice(8)
}

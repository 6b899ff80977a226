import { Link } from "@tanstack/react-router"

import type { AssetStateDocument, RowsDocument } from "../../api/documents.ts"
import { getShownState } from "../../asset-state.ts"
import { State } from "../../ui/state.tsx"
import { RowTable } from "../row-table.tsx"
import type { FilmAnswer } from "./film-answers.ts"

import classes from "./films.module.css"

interface FilmAnswerSectionProps {
  readonly answer: FilmAnswer
  /** Undefined before the rows arrive, and without materialized rows. */
  readonly document: RowsDocument | undefined
  readonly state: AssetStateDocument | undefined
  readonly showsTable: boolean
}

/** One question with its answer as the title, its chart, and its definition. */
export function FilmAnswerSection({ answer, document, state, showsTable }: FilmAnswerSectionProps) {
  const { asset, question, note } = answer
  const hasRows = document !== undefined && document.rows.length > 0
  return (
    <section className={classes["answer"]} aria-label={question}>
      <p className={`quiet ${classes["question"]}`}>{question}</p>
      {hasRows ? (
        <Answer answer={answer} document={document} showsTable={showsTable} />
      ) : (
        <p className="faint">No rows are materialized.</p>
      )}
      <footer className={classes["foot"]}>
        <span className="quiet">{hasRows ? note(document.rows) : ""}</span>
        <Link to="/assets/$asset" params={{ asset }} className="link push">
          {asset}
        </Link>
        {state === undefined ? null : <State state={getShownState(state)} />}
      </footer>
    </section>
  )
}

function Answer({
  answer: { asset, title, definition, Chart },
  document,
  showsTable,
}: Pick<FilmAnswerSectionProps, "answer" | "showsTable"> & { readonly document: RowsDocument }) {
  const unit = findUnit(document)
  return (
    <>
      <h2>{title(document.rows)}</h2>
      <details className={classes["definition"]}>
        <summary>{definition(unit)}</summary>
        <p className="measure">{document.report?.description}</p>
      </details>
      {showsTable ? (
        <RowTable label={asset} columns={document.columns} rows={document.rows} />
      ) : (
        <Chart rows={document.rows} unit={unit} />
      )}
    </>
  )
}

/** Finds the unit of adjusted money, which names its base month: `USD of 2020-01`. */
function findUnit({ report }: RowsDocument): string {
  const units = report?.columns.flatMap(({ unit }) => (unit?.startsWith("USD of") ? [unit] : []))
  return units?.[0] ?? "USD"
}

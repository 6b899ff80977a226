import { getRouteApi, Link } from "@tanstack/react-router"

import type { RowsDocument, StatusDocument } from "../../api/documents.ts"
import { formatAssetPath, formatPath, useDocument, useDocuments } from "../../api/use-document.ts"
import { getShownState } from "../../asset-state.ts"
import { formatNumberWord } from "../../format.ts"
import { getButtonClass } from "../../ui/controls.tsx"
import { Empty, noteClass, Skeleton } from "../../ui/layout.tsx"
import { useTitle } from "../use-title.ts"
import { FilmAnswerSection } from "./film-answer-section.tsx"
import { filmAnswers } from "./film-answers.ts"

import classes from "./films.module.css"

const route = getRouteApi("/films")
const rowLimit = 50

/** Shows the four answers about films as charts with their definitions, or as tables. */
export function FilmsPage() {
  useTitle("Films")
  const showsTables = route.useSearch().view === "tables"
  const { data: status } = useDocument<StatusDocument>("/api/status")
  const documents = useAnswers(status)
  const periods = documents.flatMap((document) => document?.report?.period ?? [])
  if (status === undefined) return <Skeleton />
  return (
    <>
      <header className={classes["head"]}>
        <div>
          <h1>{formatNumberWord(filmAnswers.length)} answers about films</h1>
          {periods[0] === undefined ? null : (
            <p className="quiet">
              Ratings from {periods[0].from} to {periods[0].to}
            </p>
          )}
        </div>
        <Link
          to="/films"
          search={showsTables ? {} : { view: "tables" }}
          className={getButtonClass()}
        >
          {showsTables ? "Charts" : "Tables"}
        </Link>
      </header>
      <Trouble status={status} />
      <div className={classes["answers"]}>
        {filmAnswers.map((answer, at) => (
          <FilmAnswerSection
            key={answer.asset}
            answer={answer}
            document={documents[at]}
            state={status.assets.find(({ name }) => name === answer.asset)}
            showsTable={showsTables}
          />
        ))}
      </div>
    </>
  )
}

/** Reads the rows of the answers that were materialized; the others are undefined. */
function useAnswers(status: StatusDocument | undefined): readonly (RowsDocument | undefined)[] {
  const materialized = new Set(
    status?.assets.flatMap((asset) => (asset.materialized_at === null ? [] : [asset.name])),
  )
  const answers = filmAnswers.filter(({ asset }) => materialized.has(asset))
  const documents = useDocuments<RowsDocument>(
    answers.map(({ asset }) => formatPath(formatAssetPath(asset, "/rows"), { limit: rowLimit })),
  )
  return filmAnswers.map((answer) => documents[answers.indexOf(answer)])
}

/** Says which answers do not show the latest data. */
function Trouble({ status }: { readonly status: StatusDocument }) {
  const answers = status.assets.filter(({ name }) =>
    filmAnswers.some(({ asset }) => asset === name),
  )
  const troubled = answers.filter((asset) => getShownState(asset) !== "fresh")
  const [first] = troubled
  if (first === undefined) return null
  if (
    troubled.length === answers.length &&
    troubled.every(({ status: state }) => state === "missing")
  )
    return (
      <Empty title="No answers yet.">
        <p className="quiet">
          The assets of films are not materialized.{" "}
          <Link to="/" className="link">
            Today
          </Link>{" "}
          shows why.
        </p>
      </Empty>
    )
  const count = formatNumberWord(troubled.length)
  return (
    <p className={`${noteClass} ${classes["trouble"]}`} data-state={getShownState(first)}>
      <span className="strong">
        {count} {troubled.length === 1 ? "answer shows" : "answers show"} earlier rows.
      </span>{" "}
      {first.name} is {getShownState(first)}: {first.main_cause}.{" "}
      <Link to="/" className="link">
        Why
      </Link>
    </p>
  )
}

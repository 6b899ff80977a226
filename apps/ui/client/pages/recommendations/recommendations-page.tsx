import { formatQuantity } from "@freshet/core/engine"
import { getRouteApi, useNavigate } from "@tanstack/react-router"
import { useEffect, useState } from "react"

import type { Recommendation, RecommendationsDocument } from "../../api/documents.ts"
import { toProblems } from "../../api/fetch-document.ts"
import { formatPath, useDocument } from "../../api/use-document.ts"
import { useKeys } from "../../shell/keys.ts"
import { Button, Field, inputClass, Key } from "../../ui/controls.tsx"
import { Empty, Problems, Skeleton } from "../../ui/layout.tsx"
import { useTitle } from "../use-title.ts"
import { RecommendationDetail } from "./recommendation-detail.tsx"
import { RecommendationList } from "./recommendation-list.tsx"

import classes from "./recommendations.module.css"

const route = getRouteApi("/recommendations")

type Search = Readonly<Partial<Record<"user" | "day" | "kind" | "pick", string | undefined>>>

/** Shows the people and rooms that are recommended to one user on one day, each with its reasons. */
export function RecommendationsPage() {
  useTitle("Recommendations")
  const search: Search = route.useSearch()
  const { user, day } = search
  const { data, error } = useDocument<RecommendationsDocument>(
    formatPath("/api/recommendations", { user, day }),
  )
  if (data === undefined)
    return error === null ? <Skeleton /> : <Problems problems={toProblems(error)} />
  return <LoadedRecommendations document={data} search={search} />
}

interface LoadedProps {
  readonly document: RecommendationsDocument
  readonly search: Search
}

function LoadedRecommendations({ document, search }: LoadedProps) {
  const navigate = useNavigate()
  const isRooms = search.kind === "rooms"
  const list = isRooms ? document.rooms : document.people
  const picked = list.find(({ id }) => String(id) === search.pick) ?? list[0]
  const change = (changes: Search) => {
    const entries = Object.entries({ ...search, ...changes }).filter(
      ([, value]) => value !== undefined,
    )
    void navigate({
      to: "/recommendations",
      search: Object.fromEntries(entries),
      resetScroll: false,
    })
  }
  const pick = (steps: number) => {
    const at = list.findIndex((entry) => entry === picked)
    const next = list[Math.max(0, Math.min(list.length - 1, at + steps))]
    if (next !== undefined) change({ pick: String(next.id) })
  }
  const moveDay = (steps: number) => {
    const next = document.days[document.days.indexOf(document.day ?? "") + steps]
    if (next !== undefined) change({ day: next })
  }
  useKeys({
    ArrowDown: () => pick(1),
    ArrowUp: () => pick(-1),
    ArrowLeft: () => moveDay(1),
    ArrowRight: () => moveDay(-1),
  })
  const name = document.user?.name
  return (
    <>
      <h1 className={classes["title"]}>
        {name === undefined ? "Recommendations" : `Who ${name} might follow`}
      </h1>
      <Options document={document} search={search} onChange={change} />
      {picked === undefined || document.user === null || document.day === null ? (
        <NoRecommendations document={document} search={search} onChange={change} />
      ) : (
        <div className={classes["split"]}>
          <RecommendationList
            title={isRooms ? "Rooms" : "People"}
            entries={list}
            picked={picked}
            onPick={({ id }: Recommendation) => change({ pick: String(id) })}
          />
          <RecommendationDetail
            user={document.user.name}
            userId={document.user.id}
            day={document.day}
            recommendation={picked}
            rank={list.indexOf(picked) + 1}
            isRoom={isRooms}
          />
        </div>
      )}
    </>
  )
}

interface OptionsProps extends LoadedProps {
  readonly onChange: (changes: Search) => void
}

function Options({ document, search, onChange }: OptionsProps) {
  const [text, setText] = useState(document.user?.name ?? search.user ?? "")
  useEffect(() => setText(document.user?.name ?? search.user ?? ""), [document.user, search.user])
  const submit = () => onChange({ user: text === "" ? undefined : text, pick: undefined })
  const kinds = [
    ["people", "People", document.people.length],
    ["rooms", "Rooms", document.rooms.length],
  ] as const
  return (
    <form
      className={classes["options"]}
      onSubmit={(event) => {
        event.preventDefault()
        submit()
      }}
    >
      <Field label="User, by name or number">
        <input
          className={inputClass}
          value={text}
          spellCheck={false}
          onChange={({ target }) => setText(target.value)}
          onBlur={submit}
        />
      </Field>
      <Field label="Day">
        <select
          className={inputClass}
          value={document.day ?? ""}
          onChange={({ target }) => onChange({ day: target.value, pick: undefined })}
        >
          {document.days.map((day) => (
            <option key={day}>{day}</option>
          ))}
        </select>
      </Field>
      {kinds.map(([kind, label, count]) => (
        <Button
          key={kind}
          aria-pressed={(search.kind ?? "people") === kind}
          look={(search.kind ?? "people") === kind ? "normal" : "plain"}
          onClick={() => onChange({ kind: kind === "people" ? undefined : kind, pick: undefined })}
        >
          {label} {count}
        </Button>
      ))}
      <span className="push quiet not-narrow">
        <Key>↑</Key> <Key>↓</Key> entry <Key>←</Key> <Key>→</Key> day
      </span>
    </form>
  )
}

function NoRecommendations({ document, search, onChange }: OptionsProps) {
  const { user, day, days, similar_users: similarUsers } = document
  if (days.length === 0)
    return (
      <Empty title="No recommendations yet.">
        <p className="quiet">The asset user_recs has no materialized day.</p>
      </Empty>
    )
  if (user === null)
    return (
      <Empty title={`No user is called ${search.user ?? ""}.`}>
        <p className="row quiet">
          Similar names:
          {similarUsers.map((name) => (
            <Button key={name} look="plain" onClick={() => onChange({ user: name })}>
              {name}
            </Button>
          ))}
        </p>
      </Empty>
    )
  const kind = search.kind === "rooms" ? "rooms" : "people"
  return (
    <Empty title={`${user.name} has no recommended ${kind} on ${day ?? ""}.`}>
      <p className="quiet">
        {kind === "rooms" && document.people.length > 0
          ? "Rooms of this day are not materialized."
          : "They engaged with too few people in the days before."}{" "}
        {formatQuantity(days.length, "day")} {days.length === 1 ? "is" : "are"} materialized.
      </p>
    </Empty>
  )
}

import { formatQuantity } from "@freshet/core/engine"
import { getRouteApi, useNavigate } from "@tanstack/react-router"
import { useEffect, useState } from "react"

import { toProblems } from "../../api/fetch-document.ts"
import { useKeys } from "../../shell/keys.ts"
import { Button, Field, inputClass, Key } from "../../ui/controls.tsx"
import { Empty, Problems, Skeleton } from "../../ui/layout.tsx"
import { useTitle } from "../use-title.ts"
import { RecommendationDetail } from "./recommendation-detail.tsx"
import { RecommendationList } from "./recommendation-list.tsx"
import {
  type Recommendation,
  type Recommendations,
  useRecommendations,
} from "./use-recommendations.ts"

import classes from "./recommendations.module.css"

const route = getRouteApi("/recommendations")

type Search = Readonly<Partial<Record<"user" | "day" | "kind" | "pick", string | undefined>>>

/** Shows the people and rooms that are recommended to one user on one day, each with its reasons. */
export function RecommendationsPage() {
  useTitle("Recommendations")
  const search: Search = route.useSearch()
  const { user, day } = search
  const { data, error } = useRecommendations({ user, day })
  if (data === undefined)
    return error === null ? <Skeleton /> : <Problems problems={toProblems(error)} />
  return <LoadedRecommendations recommendations={data} search={search} />
}

interface LoadedProps {
  readonly recommendations: Recommendations
  readonly search: Search
}

function LoadedRecommendations({ recommendations, search }: LoadedProps) {
  const navigate = useNavigate()
  const isRooms = search.kind === "rooms"
  const { user, day, days } = recommendations
  const list = isRooms ? recommendations.rooms : recommendations.people
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
    const next = days[days.indexOf(day ?? "") + steps]
    if (next !== undefined) change({ day: next })
  }
  useKeys({
    ArrowDown: () => pick(1),
    ArrowUp: () => pick(-1),
    ArrowLeft: () => moveDay(1),
    ArrowRight: () => moveDay(-1),
  })
  return (
    <>
      <h1 className={classes["title"]}>
        {user === undefined ? "Recommendations" : `Who ${user.name} might follow`}
      </h1>
      <Options recommendations={recommendations} search={search} onChange={change} />
      {picked === undefined || user === undefined || day === undefined ? (
        <NoRecommendations recommendations={recommendations} search={search} onChange={change} />
      ) : (
        <div className={classes["split"]}>
          <RecommendationList
            title={isRooms ? "Rooms" : "People"}
            entries={list}
            picked={picked}
            onPick={({ id }: Recommendation) => change({ pick: String(id) })}
          />
          <RecommendationDetail
            user={user.name}
            userId={user.id}
            day={day}
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

function Options({ recommendations, search, onChange }: OptionsProps) {
  const { user, day, days, people, rooms } = recommendations
  const requestedUser = user?.name ?? search.user ?? ""
  const [text, setText] = useState(requestedUser)
  useEffect(() => setText(requestedUser), [requestedUser])
  const submit = () => onChange({ user: text === "" ? undefined : text, pick: undefined })
  const kinds = [
    ["people", "People", people.length],
    ["rooms", "Rooms", rooms.length],
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
          value={day ?? ""}
          onChange={({ target }) => onChange({ day: target.value, pick: undefined })}
        >
          {days.map((listed) => (
            <option key={listed}>{listed}</option>
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

function NoRecommendations({ recommendations, search, onChange }: OptionsProps) {
  const { user, day, days, people, similarUsers } = recommendations
  if (days.length === 0)
    return (
      <Empty title="No recommendations yet.">
        <p className="quiet">The asset user_recs has no materialized day.</p>
      </Empty>
    )
  if (user === undefined)
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
        {kind === "rooms" && people.length > 0
          ? "Rooms of this day are not materialized."
          : "They engaged with too few people in the days before."}{" "}
        {formatQuantity(days.length, "day")} {days.length === 1 ? "is" : "are"} materialized.
      </p>
    </Empty>
  )
}

import { formatCount, formatQuantity } from "@freshet/core/engine"

import { formatNumberWord } from "../../format.ts"
import { Drawing } from "../../ui/drawing.tsx"
import { Section } from "../../ui/layout.tsx"
import { Provenance } from "../provenance/provenance.tsx"
import type { Recommendation } from "./use-recommendations.ts"

import classes from "./recommendations.module.css"

interface RecommendationDetailProps {
  readonly user: string
  readonly userId: number
  readonly day: string
  readonly recommendation: Recommendation
  readonly rank: number
  readonly isRoom: boolean
}

/** One recommendation: its reason in words, its paths, and the parts of its strength. */
export function RecommendationDetail({
  user,
  userId,
  day,
  recommendation,
  rank,
  isRoom,
}: RecommendationDetailProps) {
  const { id: recommendedId, name, paths, strength } = recommendation
  const asset = isRoom ? "room_recs" : "user_recs"
  const [strongest] = paths
  const verb = paths.length === 1 ? "person" : "people"
  return (
    <div>
      <h2 style={{ font: "var(--t-title)" }}>
        {rank}. {name}
      </h2>
      <p className={classes["sentence"]}>
        <b>
          {formatNumberWord(paths.length)} {verb} that {user} engages with also{" "}
          {paths.length === 1 ? "engages" : "engage"} with {isRoom ? `the room ${name}` : name}.
        </b>{" "}
        {strongest === undefined || paths.length === 1
          ? ""
          : `Most of it comes through ${strongest.name}, with ${formatQuantity(strongest.theirs, "engagement")}.`}
      </p>
      <Section title="Paths" detail="engagements in the window of the day">
        <PathGraph user={user} recommendation={recommendation} />
      </Section>
      <Section title={`Strength ${formatCount(strength)}`} detail={describeSum(recommendation)}>
        <div className={classes["shares"]} role="img" aria-label="Shares of the paths">
          {paths.map(({ id, theirs }, at) => (
            <i key={id} style={{ flex: theirs, opacity: Math.max(0.25, 1 - at * 0.22) }} />
          ))}
        </div>
        <p className="quiet">
          {paths.slice(0, 5).map(({ id, name: through, theirs }, at) => (
            <span key={id}>
              {at === 0 ? "" : " · "}
              {through} <b>{formatCount(theirs)}</b>
            </span>
          ))}
          {paths.length > 5 ? ` · ${formatQuantity(paths.length - 5, "other")}` : ""}
        </p>
      </Section>
      <Provenance
        key={`${asset} ${day} ${userId} ${recommendedId}`}
        reference={{ asset, partition: day, row: { user_id: userId, rec_id: recommendedId } }}
      />
    </div>
  )
}

const shownTerms = 8

function describeSum({ paths }: Recommendation): string {
  if (paths.length === 1) return ""
  const terms = paths.slice(0, shownTerms).map(({ theirs }) => formatCount(theirs))
  return `= ${terms.join(" + ")}${paths.length > shownTerms ? " + …" : ""}`
}

const [width, boxWidth, rowHeight, shownPaths] = [600, 150, 34, 10] as const

function PathGraph({
  user,
  recommendation: { name, paths },
}: {
  readonly user: string
  readonly recommendation: Recommendation
}) {
  const rows = paths.slice(0, shownPaths)
  const height = Math.max(rows.length * rowHeight, 40)
  const middle = height / 2
  const source = { x: 0, y: middle }
  const target = { x: width - boxWidth, y: middle }
  const maximum = Math.max(1, ...rows.map(({ yours, theirs }) => Math.max(yours, theirs)))
  const toWidth = (weight: number) => 1 + (weight / maximum) * 6
  const center = (width - boxWidth) / 2
  return (
    <Drawing
      label={`Paths from ${user} to ${name} through ${rows.map((path) => path.name).join(", ")}`}
      width={width}
      height={height}
    >
      {rows.map(({ id, yours, theirs }, at) => {
        const y = at * rowHeight + rowHeight / 2
        return (
          <g key={id}>
            <path
              className={classes["path"]}
              d={drawPath(source.x + boxWidth, source.y, center, y)}
              strokeWidth={toWidth(yours)}
            />
            <path
              className={classes["path"]}
              d={drawPath(center + boxWidth, y, target.x, target.y)}
              strokeWidth={toWidth(theirs)}
            />
          </g>
        )
      })}
      <ThroughBoxes rows={rows} x={center} />
      <Box x={source.x} y={source.y} name={user} isEnd />
      <Box x={target.x} y={target.y} name={name} isEnd />
    </Drawing>
  )
}

function ThroughBoxes({ rows, x }: { readonly rows: Recommendation["paths"]; readonly x: number }) {
  return (
    <>
      {rows.map(({ id, name: through, yours, theirs }, at) => {
        const y = at * rowHeight + rowHeight / 2
        return (
          <g key={id}>
            <Box x={x} y={y} name={through} isEnd={false} />
            <text
              x={x - 6}
              y={y - 4}
              textAnchor="end"
              className={classes["weight"]}
              fontSize="11"
              fill="var(--text-2)"
            >
              {formatCount(yours)}
            </text>
            <text
              x={x + boxWidth + 6}
              y={y - 4}
              className={classes["weight"]}
              fontSize="11"
              fill="var(--text-2)"
            >
              {formatCount(theirs)}
            </text>
          </g>
        )
      })}
    </>
  )
}

function drawPath(x1: number, y1: number, x2: number, y2: number): string {
  const middle = (x1 + x2) / 2
  return `M${x1},${y1}C${middle},${y1} ${middle},${y2} ${x2},${y2}`
}

function Box({
  x,
  y,
  name,
  isEnd,
}: {
  readonly x: number
  readonly y: number
  readonly name: string
  readonly isEnd: boolean
}) {
  return (
    <>
      <rect
        x={x + 0.5}
        y={y - 12}
        width={boxWidth - 1}
        height="24"
        rx="5"
        className={classes[isEnd ? "end" : "box"]}
      />
      <text
        x={x + boxWidth / 2}
        y={y + 4}
        textAnchor="middle"
        fontSize="12"
        fontWeight={isEnd ? 600 : 400}
        fill="var(--text)"
      >
        {name}
      </text>
    </>
  )
}

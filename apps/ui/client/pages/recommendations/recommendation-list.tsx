import { formatCount, formatQuantity } from "@freshet/core/engine"

import { Section } from "../../ui/layout.tsx"
import type { Recommendation } from "./use-recommendations.ts"

import classes from "./recommendations.module.css"

interface RecommendationListProps {
  readonly title: string
  readonly entries: readonly Recommendation[]
  readonly picked: Recommendation
  readonly onPick: (entry: Recommendation) => void
}

/** The recommendations in order, with their strengths. */
export function RecommendationList({ title, entries, picked, onPick }: RecommendationListProps) {
  const strongest = Math.max(1, ...entries.map(({ strength }) => strength))
  return (
    <Section title={title} detail={formatCount(entries.length)} extra="strength">
      <ol>
        {entries.map((entry, at) => (
          <li key={entry.id}>
            <button
              type="button"
              className={classes["entry"]}
              aria-current={entry === picked ? "true" : undefined}
              onClick={() => onPick(entry)}
            >
              <span className="faint num">{at + 1}</span>
              <span>
                <span className="strong">{entry.name}</span>
                <br />
                <span className="quiet small">{describePaths(entry)}</span>
              </span>
              <span className={classes["bar"]}>
                <i style={{ width: `${(entry.strength / strongest) * 100}%` }} />
              </span>
              <span className="num strong">{formatCount(entry.strength)}</span>
            </button>
          </li>
        ))}
      </ol>
    </Section>
  )
}

function describePaths({ paths }: Recommendation): string {
  const [first] = paths
  if (first === undefined) return ""
  const more = paths.length - 1
  return `because of ${first.name}${more === 0 ? "" : ` and ${formatQuantity(more, "other")}`}`
}

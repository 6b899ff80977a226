import type { Scenario } from "./plan-ledger.ts"
import type { Shape } from "./plan-project.ts"

/** A column per asset, an element per day. */
export type DayColumns = readonly Uint8Array[]

/** States by definition: each partition is evaluated by itself, each window day by day. */
export interface ExpandedPlan {
  /** 1 for a fresh partition. */
  readonly fresh: DayColumns
  /** 1 for a partition to materialize, 2 for one that is blocked by a missing file. */
  readonly work: DayColumns
}

/** Plans slowly; `isTarget` selects the requested days of every asset. */
export function buildExpandedPlan(
  shape: Shape,
  scenario: Scenario,
  isTarget: (day: number) => boolean,
): ExpandedPlan {
  const fresh = computeFreshDays(shape, scenario)
  return { fresh, work: computeWorkDays(shape, scenario, fresh, isTarget) }
}

function computeFreshDays({ sources, assets, days, reads }: Shape, scenario: Scenario): DayColumns {
  const fresh = Array.from({ length: assets }, () => new Uint8Array(days))
  for (let asset = 0; asset < assets; asset += 1)
    for (let day = 0; day < days; day += 1) {
      const isMaterialized = day < scenario.recordedDays && !scenario.edited.has(asset)
      const isFresh =
        asset < sources
          ? isMaterialized && !scenario.isChanged(asset, day) && !scenario.isGone(asset, day)
          : isMaterialized &&
            isEveryRead(
              reads[asset],
              day,
              (upstreamIndex, readDay) => fresh[upstreamIndex]?.[readDay] === 1,
            )
      if (isFresh) setDay(fresh, asset, day, 1)
    }
  return fresh
}

function computeWorkDays(
  { sources, assets, days, reads }: Shape,
  { isGone }: Scenario,
  fresh: DayColumns,
  isTarget: (day: number) => boolean,
): DayColumns {
  const work = Array.from({ length: assets }, () => new Uint8Array(days))
  for (let asset = assets - 1; asset >= sources; asset -= 1)
    for (let day = 0; day < days; day += 1) {
      if (isTarget(day) && fresh[asset]?.[day] === 0) setDay(work, asset, day, 1)
      if (work[asset]?.[day] !== 1) continue
      isEveryRead(reads[asset], day, (upstreamIndex, readDay) => {
        if (upstreamIndex >= sources && fresh[upstreamIndex]?.[readDay] === 0)
          setDay(work, upstreamIndex, readDay, 1)
        return true
      })
    }
  for (let asset = sources; asset < assets; asset += 1)
    for (let day = 0; day < days; day += 1) {
      if (work[asset]?.[day] !== 1) continue
      const isUnblocked = isEveryRead(reads[asset], day, (upstreamIndex, readDay) =>
        upstreamIndex < sources
          ? !isGone(upstreamIndex, readDay)
          : work[upstreamIndex]?.[readDay] !== 2,
      )
      if (!isUnblocked) setDay(work, asset, day, 2)
    }
  return work
}

function setDay(columns: DayColumns, asset: number, day: number, value: number): void {
  const column = columns[asset]
  if (column !== undefined) column[day] = value
}

function isEveryRead(
  reads: Shape["reads"][number] | undefined,
  day: number,
  predicate: (upstreamIndex: number, day: number) => boolean,
): boolean {
  for (const { upstreamIndex, days } of reads ?? [])
    for (let readDay = Math.max(0, day + 1 - days); readDay <= day; readDay += 1)
      if (!predicate(upstreamIndex, readDay)) return false
  return true
}

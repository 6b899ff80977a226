import type { News } from "./plan-history.ts"
import type { Shape } from "./plan-project.ts"

/** A column for each asset, an element a day. */
export type Expanded = readonly Uint8Array[]

/** What is true by definition: each partition looked at by itself, each window day by day. */
export interface ExpandedPlan {
  /** 1 where what is kept is right. */
  readonly fresh: Expanded
  /** 1 where something is to be made, and can be; 2 where it waits for a file. */
  readonly work: Expanded
}

/** The slow planner: `isTarget` says which days of every asset are asked for. */
export function expandedPlan(
  shape: Shape,
  news: News,
  isTarget: (day: number) => boolean,
): ExpandedPlan {
  const fresh = freshDays(shape, news)
  return { fresh, work: workDays(shape, news, fresh, isTarget) }
}

function freshDays({ sources, assets, days, reads }: Shape, news: News): Expanded {
  const fresh = Array.from({ length: assets }, () => new Uint8Array(days))
  for (let asset = 0; asset < assets; asset += 1)
    for (let day = 0; day < days; day += 1) {
      const isMade = day < news.recordedDays && !news.edited.has(asset)
      const isRight =
        asset < sources
          ? isMade && !news.isChanged(asset, day) && !news.isGone(asset, day)
          : isMade && everyRead(reads[asset], day, (of, each) => fresh[of]?.[each] === 1)
      if (isRight) mark(fresh, asset, day, 1)
    }
  return fresh
}

function workDays(
  { sources, assets, days, reads }: Shape,
  { isGone }: News,
  fresh: Expanded,
  isTarget: (day: number) => boolean,
): Expanded {
  const work = Array.from({ length: assets }, () => new Uint8Array(days))
  for (let asset = assets - 1; asset >= sources; asset -= 1)
    for (let day = 0; day < days; day += 1) {
      if (isTarget(day) && fresh[asset]?.[day] === 0) mark(work, asset, day, 1)
      if (work[asset]?.[day] !== 1) continue
      everyRead(reads[asset], day, (of, each) => {
        if (of >= sources && fresh[of]?.[each] === 0) mark(work, of, each, 1)
        return true
      })
    }
  for (let asset = sources; asset < assets; asset += 1)
    for (let day = 0; day < days; day += 1) {
      if (work[asset]?.[day] !== 1) continue
      const canBeMade = everyRead(reads[asset], day, (of, each) =>
        of < sources ? !isGone(of, each) : work[of]?.[each] !== 2,
      )
      if (!canBeMade) mark(work, asset, day, 2)
    }
  return work
}

function mark(columns: Expanded, asset: number, day: number, value: number): void {
  const column = columns[asset]
  if (column !== undefined) column[day] = value
}

function everyRead(
  reads: Shape["reads"][number] | undefined,
  day: number,
  isSo: (of: number, day: number) => boolean,
): boolean {
  for (const { of, days } of reads ?? [])
    for (let each = Math.max(0, day + 1 - days); each <= day; each += 1)
      if (!isSo(of, each)) return false
  return true
}

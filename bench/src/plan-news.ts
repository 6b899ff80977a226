import type { News } from "./plan-history.ts"
import { type Shape, dice } from "./plan-project.ts"

const nothing: News = {
  title: "",
  recordedDays: 365,
  isChanged: () => false,
  isGone: () => false,
  edited: new Set(),
}

/** What may have happened to the big project, or to one that is as small as the proofs want it. */
export function newsOf({ days }: Shape) {
  const since = (share: number) => (_: number, day: number) => day >= days * share
  const recorded = { ...nothing, recordedDays: days }
  return {
    nothing: { ...recorded, title: "nothing stale" },
    newDay: { ...recorded, title: "a new day", recordedDays: days - 1 },
    some: { ...recorded, title: "files corrected since August", isChanged: since(217 / 365) },
    many: { ...recorded, title: "files corrected since January", isChanged: since(25 / 365) },
  }
}

/** What the proofs try besides: files that are gone, and other queries. */
export function hardNewsOf(shape: Shape): readonly News[] {
  const recorded = { ...nothing, recordedDays: shape.days - 1 }
  const changed = { ...recorded, isChanged: draws(9, shape.sources * 3) }
  const edited = new Set([shape.sources + 3, shape.assets - 2])
  return [
    { ...changed, title: "some files corrected" },
    { ...changed, title: "files gone", isGone: draws(10, shape.sources * 5) },
    { ...changed, title: "other queries", edited },
    { ...changed, title: "all of it", isGone: draws(11, shape.sources * 9), edited },
  ]
}

/** Says yes to about one partition in `chance`, the same ones each time. */
function draws(seed: number, chance: number): (source: number, day: number) => boolean {
  return (source, day) =>
    dice(seed + source * 4099 + day * 65_537)(1_000_003) % Math.ceil(chance) === 0
}

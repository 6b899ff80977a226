import type { Scenario } from "./plan-ledger.ts"
import { type Shape, createDice } from "./plan-project.ts"

const baseScenario: Scenario = {
  title: "",
  recordedDays: 365,
  isChanged: () => false,
  isGone: () => false,
  edited: new Set(),
}

/** Lists changes of the big project, or of a small one for the proofs. */
export function createScenarios({ days }: Shape) {
  const since = (share: number) => (_: number, day: number) => day >= days * share
  const recorded = { ...baseScenario, recordedDays: days }
  return {
    unchanged: { ...recorded, title: "nothing stale" },
    newDay: { ...recorded, title: "a new day", recordedDays: days - 1 },
    some: { ...recorded, title: "files corrected since August", isChanged: since(217 / 365) },
    many: { ...recorded, title: "files corrected since January", isChanged: since(25 / 365) },
  }
}

/** Lists further changes for the proofs: missing files, and edited queries. */
export function createHardScenarios(shape: Shape): readonly Scenario[] {
  const recorded = { ...baseScenario, recordedDays: shape.days - 1 }
  const changed = { ...recorded, isChanged: createDraw(9, shape.sources * 3) }
  const edited = new Set([shape.sources + 3, shape.assets - 2])
  return [
    { ...changed, title: "some files corrected" },
    { ...changed, title: "files gone", isGone: createDraw(10, shape.sources * 5) },
    { ...changed, title: "other queries", edited },
    { ...changed, title: "all of it", isGone: createDraw(11, shape.sources * 9), edited },
  ]
}

/** Draws about one partition in `chance`, the same ones each time. */
function createDraw(seed: number, chance: number): (source: number, day: number) => boolean {
  return (source, day) =>
    createDice(seed + source * 4099 + day * 65_537)(1_000_003) % Math.ceil(chance) === 0
}

import {
  type Evaluation,
  type Plan,
  type Work,
  assetNamed,
  fingerprintText,
  isFresh,
} from "@freshet/core"
import { inputFingerprint, partitionsIn, readRanges, readVersions } from "@freshet/core"

import { type ExpandedPlan, expandedPlan } from "./expanded-plan.ts"
import { type News, recordedVersion } from "./plan-history.ts"
import { type Shape, nameOf } from "./plan-project.ts"

/** Throws when the planner and the expanded planner disagree on any partition: what is fresh, what is to be made, what waits. */
export function proveRight(
  { shape, news }: { readonly shape: Shape; readonly news: News },
  { evaluation, plan }: { readonly evaluation: Evaluation; readonly plan: Plan },
  isTarget: (day: number) => boolean,
): ExpandedPlan {
  const expanded = expandedPlan(shape, news, isTarget)
  const planned = Array.from({ length: shape.assets }, () => new Uint8Array(shape.days))
  const numbers = new Map(planned.map((_, asset) => [nameOf(asset), asset]))
  const setDays = (work: readonly Work[], value: number): void => {
    for (const { computation, ranges } of work) {
      const column = planned[numbers.get(computation.name) ?? -1]
      for (const day of partitionsIn(ranges)) if (column !== undefined) column[day] = value
    }
  }
  setDays(plan.work, 1)
  setDays(plan.waiting, 2)
  for (let asset = shape.sources; asset < shape.assets; asset += 1) {
    const { computation } = assetNamed(evaluation.graph, nameOf(asset))
    for (let day = 0; day < shape.days; day += 1) {
      const found = [isFresh(evaluation, computation, day) ? 1 : 0, planned[asset]?.[day]]
      const right = [expanded.fresh[asset]?.[day], expanded.work[asset]?.[day]]
      if (found[0] === right[0] && found[1] === right[1]) continue
      const where = `${news.title}: ${nameOf(asset)}, day ${day}`
      throw new Error(
        `${where}: fresh and planned are ${found.join()}, by definition ${right.join()}`,
      )
    }
  }
  return expanded
}

/** Throws unless what is kept of every partition is what a run records: the fingerprint of all that it read, one by one. */
export function proveRecorded(shape: Shape, evaluation: Evaluation): void {
  const versions = new Map(Array.from({ length: shape.assets }, (_, each) => [nameOf(each), each]))
  for (let asset = shape.sources; asset < shape.assets; asset += 1) {
    const { computation } = assetNamed(evaluation.graph, nameOf(asset))
    const timeline = evaluation.snapshot.timelines.get(computation.name)
    const code = timeline?.marks[0]?.codeVersion ?? ""
    for (let day = 0; day < (timeline?.length ?? 0); day += 1) {
      const ranges = readRanges(evaluation, computation, day)
      const read = readVersions(ranges, ({ name }, each) =>
        recordedVersion(versions.get(name) ?? 0, each),
      )
      const right = fingerprintText(inputFingerprint(evaluation.graph, code, read ?? []))
      const [low, high] = [timeline?.inputs.low[day] ?? 0, timeline?.inputs.high[day] ?? 0]
      const kept = fingerprintText({ low, high })
      if (kept !== right)
        throw new Error(`${nameOf(asset)}, day ${day}: ${kept} is kept, a run records ${right}`)
    }
  }
}

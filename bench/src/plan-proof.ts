import {
  type Evaluation,
  fingerprintInputs,
  formatFingerprint,
  getAsset,
  isFresh,
  listPartitions,
  listReadRanges,
  listReadVersions,
  type Plan,
  type Work,
} from "@freshet/core/engine"

import { type ExpandedPlan, buildExpandedPlan } from "./plan-expanded.ts"
import { type Scenario, getRecordedVersion } from "./plan-ledger.ts"
import { type Shape, getAssetName } from "./plan-project.ts"

/** Throws if the planner and the expanded planner disagree on any partition: fresh, to materialize, or blocked. */
export function provePlan(
  { shape, scenario }: { readonly shape: Shape; readonly scenario: Scenario },
  { evaluation, plan }: { readonly evaluation: Evaluation; readonly plan: Plan },
  isTarget: (day: number) => boolean,
): ExpandedPlan {
  const expanded = buildExpandedPlan(shape, scenario, isTarget)
  const planned = Array.from({ length: shape.assets }, () => new Uint8Array(shape.days))
  const numbers = new Map(planned.map((_, asset) => [getAssetName(asset), asset]))
  const setDays = (work: readonly Work[], value: number): void => {
    for (const { computation, ranges } of work) {
      const column = planned[numbers.get(computation.name) ?? -1]
      for (const day of listPartitions(ranges)) if (column !== undefined) column[day] = value
    }
  }
  setDays(plan.work, 1)
  setDays(plan.blocked, 2)
  for (let asset = shape.sources; asset < shape.assets; asset += 1) {
    const { computation } = getAsset(evaluation.graph, getAssetName(asset))
    for (let day = 0; day < shape.days; day += 1) {
      const actual = [isFresh(evaluation, computation, day) ? 1 : 0, planned[asset]?.[day]]
      const expected = [expanded.fresh[asset]?.[day], expanded.work[asset]?.[day]]
      if (actual[0] === expected[0] && actual[1] === expected[1]) continue
      const where = `${scenario.title}: ${getAssetName(asset)}, day ${day}`
      throw new Error(
        `${where}: fresh and planned are ${actual.join()}, by definition ${expected.join()}`,
      )
    }
  }
  return expanded
}

/** Throws unless the state of every partition has the fingerprint that a run records for its inputs. */
export function proveRecordedInputs(shape: Shape, evaluation: Evaluation): void {
  const assetIndexes = new Map(
    Array.from({ length: shape.assets }, (_, assetIndex) => [getAssetName(assetIndex), assetIndex]),
  )
  for (let asset = shape.sources; asset < shape.assets; asset += 1) {
    const { computation } = getAsset(evaluation.graph, getAssetName(asset))
    const history = evaluation.snapshot.histories.get(computation.name)
    const code = history?.versions[0]?.codeVersion ?? ""
    for (let day = 0; day < (history?.length ?? 0); day += 1) {
      const ranges = listReadRanges(evaluation, computation, day)
      const read = listReadVersions(ranges, ({ name }, readDay) =>
        getRecordedVersion(assetIndexes.get(name) ?? 0, readDay),
      )
      const expectedText = formatFingerprint(fingerprintInputs(evaluation.graph, code, read ?? []))
      const [low, high] = [history?.inputs.low[day] ?? 0, history?.inputs.high[day] ?? 0]
      const recordedText = formatFingerprint({ low, high })
      if (recordedText !== expectedText)
        throw new Error(
          `${getAssetName(asset)}, day ${day}: ${recordedText} is kept, a run records ${expectedText}`,
        )
    }
  }
}

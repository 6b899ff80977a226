import type { Asset, Computation } from "../declare/asset.ts"
import { folderOf } from "../declare/folder.ts"
import { partitionText } from "../declare/partition.ts"
import { fingerprintText } from "../fingerprint.ts"
import { outputsOf } from "../graph/graph.ts"
import { inputFingerprint } from "../plan/input-fingerprint.ts"
import { partitionsOf, readRanges, readVersions } from "../plan/inputs.ts"
import type { CheckStep, MaterializeStep, Step } from "../plan/plan.ts"
import type { Recorded } from "../plan/snapshot.ts"
import { codeVersionOf } from "../plan/states.ts"
import { checksVersion, inputVersion } from "../plan/version.ts"
import { FreshetError } from "../problem.ts"
import type {
  CheckResult,
  ComputeResult,
  Effects,
  MadeOutput,
  ReadVersions,
  StepOutcome,
  StepRecord,
} from "./effects.ts"
import { freshRecord, recordBefore } from "./record-book.ts"
import { type RunState, recordsNeeded, relationsOf, versionIn } from "./run-state.ts"
import { stateKey } from "./state-key.ts"

/** One partition of a computation. */
type StepPartition = Pick<MaterializeStep, "computation" | "partition">

/** What came of one step, as the ledger and the listeners are told. */
export interface Performed {
  readonly outcome: StepOutcome
  readonly outputs: readonly MadeOutput[]
  readonly checks: readonly CheckResult[]
  readonly lineCounts: ComputeResult["lineCounts"]
  readonly changed: boolean
  readonly inputVersion: string
  /** Fingerprint of what it was made from, as text; empty when that is not known. */
  readonly fingerprint: string
  readonly reads: readonly ReadVersions[]
  /** The assets whose checks ran, all of them. */
  readonly checked: readonly Asset[]
}

const nothing = {
  outputs: [],
  checks: [],
  lineCounts: [],
  changed: false,
  inputVersion: "",
  fingerprint: "",
  reads: [],
  checked: [],
} satisfies Omit<Performed, "outcome">

/** Does one step. What goes wrong in it is its outcome; only an interruption is thrown. */
export async function perform(state: RunState, step: Step, effects: Effects): Promise<Performed> {
  try {
    await state.book.load(recordsNeeded(state.evaluation, step))
    return step.kind === "check"
      ? await performCheck(state, step, effects)
      : await performComputation(state, step, effects)
  } catch (error) {
    if (error instanceof FreshetError && error.code === "interrupted") throw error
    return { ...nothing, ...failureInput(state, step, effects), outcome: failed(error) }
  }
}

function failed(error: unknown): StepOutcome {
  const message = error instanceof Error ? error.message : String(error)
  return { kind: "failed", message, hint: error instanceof FreshetError ? error.hint : undefined }
}

/** The outcome of a step that cannot be done because one before it was not. */
export function skipped(because: string): Performed {
  return { ...nothing, outcome: { kind: "skipped", because } }
}

function failureInput(state: RunState, step: Step, effects: Effects) {
  return step.kind === "check" ? {} : (findInputs(state, step, effects) ?? {})
}

function findInputs(state: RunState, step: MaterializeStep, effects: Effects) {
  const { evaluation } = state
  const code = codeVersionOf(evaluation, step.computation)
  const ranges = readRanges(evaluation, step.computation, step.partition)
  const reads = readVersions(ranges, versionIn(state))
  if (code === undefined || reads === undefined) return undefined
  const print = fingerprintText(inputFingerprint(evaluation.graph, code, reads))
  return { reads, fingerprint: print, inputVersion: inputVersion(code, reads, effects.hash) }
}

async function performComputation(
  state: RunState,
  step: MaterializeStep,
  effects: Effects,
): Promise<Performed> {
  const inputs = findInputs(state, step, effects)
  if (inputs === undefined) throw new FreshetError("engine", `${step.id}: an input is not ready`)
  const before = outputRecords(step.computation, (asset) =>
    recordBefore(state.evaluation, state.book, asset, step.partition),
  )
  const made = outputRecords(step.computation, (asset) =>
    state.book
      .kept(asset, step.partition)
      .findLast(({ fingerprint }) => fingerprint === inputs.fingerprint),
  )
  if (made !== undefined) {
    const base = { ...nothing, ...inputs, inputVersion: made[0]?.inputVersion ?? "" }
    const isNewest = before?.every(({ id }, at) => id === made[at]?.id) === true
    if (isNewest) return { ...base, ...(await leave(state, step, made, effects)) }
    const changed = differs(before, made)
    return { ...base, ...(await reuse(state, step, made, effects)), changed }
  }
  const base = { ...nothing, ...inputs }
  const result = await compute(state, step, inputs.inputVersion, effects)
  const { checks, lineCounts } = result
  const checked = outputsOf(state.evaluation.graph, step.computation)
  if (result.kind === "refused")
    return { ...base, checks, checked, lineCounts, outcome: { kind: "refused", kept: result.kept } }
  const { outputs } = result
  const changed = differs(before, outputs)
  return { ...base, checks, checked, lineCounts, outputs, changed, outcome: { kind: "made" } }
}

/** The record of every output, or undefined when one of them has none. */
function outputRecords(
  computation: Computation,
  find: (asset: string) => Recorded | undefined,
): readonly Recorded[] | undefined {
  const records = computation.outputs.flatMap(({ asset }) => find(asset) ?? [])
  return records.length === computation.outputs.length ? records : undefined
}

/** Rows that are right as they are; their checks run when they are not the ones that ran last. */
async function leave(
  state: RunState,
  step: MaterializeStep,
  before: readonly Recorded[],
  effects: Effects,
) {
  const outputs = named(step.computation, before)
  const checked = outputsOf(state.evaluation.graph, step.computation).filter(
    (asset, index) => before[index]?.checkVersion !== checksVersion(asset, effects.hash),
  )
  if (checked.length === 0) return { outcome: { kind: "unchanged" } as const, outputs }
  const checks = await checkAll(state, step, { checked, outputs }, effects)
  return { outcome: { kind: "checked" } as const, outputs, checks, checked }
}

/** Rows made earlier count again if they pass today's checks. */
async function reuse(
  state: RunState,
  step: MaterializeStep,
  outputs: readonly MadeOutput[],
  effects: Effects,
) {
  const checked = outputsOf(state.evaluation.graph, step.computation)
  const checks = await checkAll(state, step, { checked, outputs }, effects)
  if (checks.every(isPassable))
    return { outcome: { kind: "reused" } as const, outputs, checks, checked }
  const kept = outputs.map(({ file }) => file)
  return { outcome: { kind: "refused", kept } as const, checks, checked, outputs: [] }
}

/** Whether what comes after may go on with this result. */
export function isPassable({ passed, severity }: CheckResult): boolean {
  return passed || severity === "warn"
}

async function checkAll(
  state: RunState,
  { computation, partition }: StepPartition,
  rows: { readonly checked: readonly Asset[]; readonly outputs: readonly MadeOutput[] },
  effects: Effects,
): Promise<readonly CheckResult[]> {
  const relations = relationsOf(state, computation, partition)
  const results: CheckResult[] = []
  for (const asset of rows.checked) {
    const file = rows.outputs.find((output) => output.asset === asset.name)?.file
    if (file === undefined || asset.checks.length === 0) continue
    const text = textOf(state, { computation, partition })
    const request = { asset, checks: asset.checks, file, partition: text, relations }
    results.push(...(await effects.engine.check(request)))
  }
  return results
}

function named(
  computation: Computation,
  records: readonly Omit<MadeOutput, "asset">[],
): readonly MadeOutput[] {
  return computation.outputs.flatMap(({ asset }, index) => {
    const record = records[index]
    return record === undefined ? [] : [{ ...record, asset }]
  })
}

function differs(
  before: readonly { readonly dataVersion: string }[] | undefined,
  after: readonly { readonly dataVersion: string }[],
): boolean {
  return after.some((output, index) => output.dataVersion !== before?.[index]?.dataVersion)
}

function compute(
  state: RunState,
  step: MaterializeStep,
  version: string,
  effects: Effects,
): Promise<ComputeResult> {
  const { computation, partition, key } = step
  return effects.engine.compute(
    {
      computation,
      outputs: outputsOf(state.evaluation.graph, computation),
      partition: textOf(state, step),
      folder: folderOf(key),
      inputVersion: version,
      relations: relationsOf(state, computation, partition),
    },
    (share) => effects.emit({ kind: "step_progress", step: step.id, share }),
  )
}

function textOf({ evaluation }: RunState, { computation, partition }: StepPartition) {
  return partitionText(partitionsOf(evaluation.graph, computation), partition)
}

async function performCheck(
  state: RunState,
  step: CheckStep,
  effects: Effects,
): Promise<Performed> {
  const { asset, partition } = step
  const { computation, name } = asset
  const record = freshRecord(state.evaluation, state.book, name, partition)
  if (record === undefined)
    throw new FreshetError("check", `${step.id}: there are no rows to check`)
  const rows = { checked: [asset], outputs: [{ ...record, asset: name }] }
  const checks = await checkAll(state, { computation, partition }, rows, effects)
  const { inputVersion, fingerprint } = record
  const base = { ...nothing, inputVersion, fingerprint }
  return { ...base, checks, checked: [asset], outcome: { kind: "checked" } }
}

/** Brings the state up to what a step has done: what it made counts from here on. */
export function applyToState(state: RunState, step: Step, performed: Performed): void {
  for (const { asset, dataVersion, file, bytes } of performed.outputs)
    state.made.set(stateKey(asset, step.partition), { dataVersion, file, bytes })
  for (const { name } of performed.checked) {
    const results = performed.checks.filter(({ asset }) => asset === name)
    state.fit.set(stateKey(name, step.partition), results.every(isPassable))
  }
}

/** What the ledger keeps of a step. */
export function stepRecord(
  state: RunState,
  step: Step,
  performed: Performed,
  run: { readonly id: string; readonly startedMs: number; readonly effects: Effects },
): StepRecord {
  const computation = step.kind === "check" ? step.asset.computation : step.computation
  const codeVersion = codeVersionOf(state.evaluation, computation) ?? ""
  const { hash } = run.effects
  const versions = performed.checked.map((asset) => [asset.name, checksVersion(asset, hash)])
  return {
    run: run.id,
    computation: computation.name,
    partition: step.partition,
    inputVersion: performed.inputVersion,
    fingerprint: performed.fingerprint,
    materializations: performed.outputs.map((output) => ({
      ...output,
      partition: step.partition,
      codeVersion,
      inputVersion: performed.inputVersion,
    })),
    reads: performed.reads,
    checks: performed.checks,
    checkVersions: Object.fromEntries(versions),
    lineCounts: performed.lineCounts,
    startedMs: run.startedMs,
    endedMs: run.effects.nowMs(),
    outcome: performed.outcome,
  }
}

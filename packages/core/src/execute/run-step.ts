import type { Asset } from "../declare/declaration.ts"
import { formatPartition } from "../declare/partition.ts"
import { formatRelationName } from "../declare/read.ts"
import { computeCheckVersion } from "../evaluate/check-version.ts"
import { computeCodeText } from "../evaluate/code-text.ts"
import { listInputVersions } from "../evaluate/declared-versions.ts"
import { formatFingerprint } from "../evaluate/fingerprint.ts"
import { fingerprintInputs } from "../evaluate/input-fingerprint.ts"
import {
  getPartitions,
  listCheckRanges,
  listReadRanges,
  listReadVersions,
} from "../evaluate/inputs.ts"
import type { MaterializationRecord } from "../evaluate/ledger-snapshot.ts"
import { findRemovedBlocker } from "../evaluate/staleness.ts"
import { findCheckRules, findCodeVersion } from "../evaluate/states.ts"
import { getOutputs, listCheckReads } from "../graph/graph.ts"
import { encodeFolderName } from "../partitions/folder-name.ts"
import {
  type CheckStep,
  type MaterializeStep,
  type Step,
  getComputation,
  toStepReference,
} from "../plan/plan.ts"
import type {
  CheckResult,
  ComputeResult,
  Effects,
  LogMessage,
  MaterializedOutput,
  ReadVersions,
  StepOutcome,
  StepRecord,
} from "../ports.ts"
import { FreshetError, getErrorMessage, isInterruption } from "../problem.ts"
import { adoptRecords } from "./adopt-records.ts"
import { copyLandedFiles } from "./copy-landed-files.ts"
import { findFreshRecord, findCurrentRecord } from "./materialization-cache.ts"
import { findMatchingRecords, findOutputRecords, nameOutputs } from "./output-records.ts"
import { isRetryable } from "./retry.ts"
import {
  type RunState,
  listNeededRecords,
  buildRelations,
  createVersionLookup,
} from "./run-state.ts"
import { formatStateKey } from "./state-key.ts"

/** The interfaces of the outside world that one attempt at a step uses. */
export interface StepEffects extends Effects {
  readonly log: (message: LogMessage) => void
}

/** One partition of a computation. */
type StepPartition = Pick<MaterializeStep, "computation" | "partition">

/** The result of one step, for the ledger and for events. */
export interface StepResult {
  readonly outcome: StepOutcome
  readonly outputs: readonly MaterializedOutput[]
  readonly checks: readonly CheckResult[]
  readonly lineCounts: ComputeResult["lineCounts"]
  readonly changed: boolean
  readonly inputVersion: string
  /** Fingerprint of the step's code and inputs, as text; empty when an input was not ready. */
  readonly fingerprint: string
  readonly reads: readonly ReadVersions[]
  /** The assets whose checks ran. */
  readonly checkedAssets: readonly Asset[]
  /** True for a failure that another attempt may not have. */
  readonly isRetryable: boolean
}

/** A result without outputs, checks and inputs. */
export const emptyResult = {
  outputs: [],
  checks: [],
  lineCounts: [],
  changed: false,
  inputVersion: "",
  fingerprint: "",
  reads: [],
  checkedAssets: [],
  isRetryable: false,
} satisfies Omit<StepResult, "outcome">

/** Runs one step. An error becomes the step's outcome; only an interruption is thrown. */
export async function runStep(
  state: RunState,
  step: Step,
  effects: StepEffects,
): Promise<StepResult> {
  try {
    await state.cache.load(listNeededRecords(state.evaluation, step))
    return step.kind === "check"
      ? await runCheckStep(state, step, effects)
      : await runMaterializeStep(state, step, effects)
  } catch (error) {
    if (isInterruption(error)) throw error
    return {
      ...emptyResult,
      ...findFailureInputs(state, step, effects),
      outcome: toFailedOutcome(error),
      isRetryable: isRetryable(error),
    }
  }
}

function toFailedOutcome(error: unknown): StepOutcome {
  const message = getErrorMessage(error)
  return { kind: "failed", message, hint: error instanceof FreshetError ? error.hint : undefined }
}

/** The result of a step that a failed step blocks. */
export function toSkippedResult(blocker: string): StepResult {
  return { ...emptyResult, outcome: { kind: "skipped", blocker } }
}

function findFailureInputs(state: RunState, step: Step, effects: Effects) {
  return step.kind === "check" ? {} : (findInputs(state, step, effects)?.inputs ?? {})
}

/** Finds the inputs of a step, and the input versions under which rows with these inputs may be recorded; undefined when an input is not ready. */
export function findInputs(state: RunState, step: MaterializeStep, effects: Pick<Effects, "hash">) {
  const { evaluation } = state
  const code = findCodeVersion(evaluation, step.computation)
  const ranges = listReadRanges(evaluation, step.computation, step.partition)
  const reads = listReadVersions(ranges, createVersionLookup(state))
  if (code === undefined || reads === undefined) return undefined
  const fingerprint = formatFingerprint(fingerprintInputs(evaluation.graph, code, reads))
  const inputVersions = listInputVersions(evaluation.graph, code, reads, effects.hash)
  const [inputVersion = ""] = inputVersions
  return { inputs: { reads, fingerprint, inputVersion }, inputVersions }
}

async function runMaterializeStep(
  state: RunState,
  step: MaterializeStep,
  effects: StepEffects,
): Promise<StepResult> {
  const readyInputs = findInputs(state, step, effects)
  if (readyInputs === undefined)
    throw new FreshetError("engine", `${step.id}: an input is not ready`)
  const { inputs, inputVersions } = readyInputs
  const currentRecords = findOutputRecords(step.computation, (asset) =>
    findCurrentRecord(state.evaluation, state.cache, asset, step.partition),
  )
  const matchingRecords =
    findMatchingRecords(state, step, inputVersions) ??
    (await adoptRecords(state, step, inputVersions, effects.ledger))
  if (matchingRecords !== undefined) {
    const base = { ...emptyResult, ...inputs, inputVersion: matchingRecords[0]?.inputVersion ?? "" }
    const isNewest = currentRecords?.every(({ id }, at) => id === matchingRecords[at]?.id) === true
    if (isNewest)
      return { ...base, ...(await checkUnchanged(state, step, matchingRecords, effects)) }
    const changed = hasDifferentContent(currentRecords, matchingRecords)
    return { ...base, ...(await reuseRecords(state, step, matchingRecords, effects)), changed }
  }
  const removedBlocker = findRemovedBlocker(state.evaluation, step.computation, step.partition)
  if (removedBlocker !== undefined) return toSkippedResult(removedBlocker.text)
  const { evaluation } = state
  const reads = await copyLandedFiles(evaluation, step, inputs.reads, effects.engine)
  const base = { ...emptyResult, ...inputs, reads }
  const result = await computeOutputs(state, step, base, effects)
  const { checks, lineCounts } = result
  const checkedAssets = getOutputs(state.evaluation.graph, step.computation)
  if (result.kind === "checks_failed")
    return {
      ...base,
      checks,
      checkedAssets,
      lineCounts,
      outcome: { kind: "checks_failed", failedFiles: result.failedFiles },
    }
  const { outputs } = result
  const changed = hasDifferentContent(currentRecords, outputs)
  return {
    ...base,
    checks,
    checkedAssets,
    lineCounts,
    outputs,
    changed,
    outcome: { kind: "materialized" },
  }
}

/** Leaves rows whose newest materialization has the current inputs, and runs their checks if the checks changed or failed. */
async function checkUnchanged(
  state: RunState,
  step: MaterializeStep,
  currentRecords: readonly MaterializationRecord[],
  effects: Effects,
) {
  const outputs = nameOutputs(step.computation, currentRecords)
  const checkedAssets = getOutputs(state.evaluation.graph, step.computation).filter(
    (asset, index) =>
      (currentRecords[index]?.failedErrors ?? 0) > 0 ||
      currentRecords[index]?.checkVersion !== findCheckVersion(state, asset, step.partition),
  )
  if (checkedAssets.length === 0) return { outcome: { kind: "unchanged" } as const, outputs }
  const checks = await runChecks(state, step, { checkedAssets, outputs }, effects)
  return { outcome: { kind: "checked" } as const, outputs, checks, checkedAssets }
}

/** The version of an asset's checks on a partition whose inputs are ready. */
function findCheckVersion(state: RunState, asset: Asset, partition: number): string {
  const { evaluation } = state
  const ranges = listCheckRanges(evaluation, asset, partition)
  const reads = listReadVersions(ranges, createVersionLookup(state)) ?? []
  return computeCheckVersion(evaluation.graph, findCheckRules(evaluation, asset) ?? "", reads)
}

/** Makes an earlier materialization current again if its rows pass the current checks. */
async function reuseRecords(
  state: RunState,
  step: MaterializeStep,
  outputs: readonly MaterializedOutput[],
  effects: Effects,
) {
  const checkedAssets = getOutputs(state.evaluation.graph, step.computation)
  const checks = await runChecks(state, step, { checkedAssets, outputs }, effects)
  if (checks.every(passes))
    return { outcome: { kind: "reused" } as const, outputs, checks, checkedAssets }
  const failedFiles = outputs.map(({ file }) => file)
  return {
    outcome: { kind: "checks_failed", failedFiles } as const,
    checks,
    checkedAssets,
    outputs: [],
  }
}

/** Tests whether a check result allows downstream steps: it passed, or its severity is `warn`. */
export function passes({ passed, severity }: CheckResult): boolean {
  return passed || severity === "warn"
}

async function runChecks(
  state: RunState,
  { computation, partition }: StepPartition,
  rows: {
    readonly checkedAssets: readonly Asset[]
    readonly outputs: readonly MaterializedOutput[]
  },
  effects: Effects,
): Promise<readonly CheckResult[]> {
  for (const asset of rows.checkedAssets) rejectRemovedReads(state, asset, partition)
  const relations = buildRelations(state, { computation, partition }, [])
  const results: CheckResult[] = []
  for (const asset of rows.checkedAssets) {
    const file = rows.outputs.find((output) => output.asset === asset.name)?.file
    if (file === undefined || asset.checks.length === 0) continue
    const text = formatStepPartition(state, { computation, partition })
    const request = { asset, checks: asset.checks, file, partition: text, relations }
    results.push(...(await effects.engine.check(request)))
  }
  return results
}

/** Throws when the checks of an asset read a file that is no longer landed. */
function rejectRemovedReads({ evaluation }: RunState, asset: Asset, partition: number): void {
  const { computation, name } = asset
  const blocker = findRemovedBlocker(evaluation, computation, partition)
  if (blocker === undefined) return
  const relations = new Set(listCheckReads(asset).map(formatRelationName))
  const readsRemoved = listReadRanges(evaluation, computation, partition).some(
    ({ read, removed }) => removed.length > 0 && relations.has(formatRelationName(read)),
  )
  if (readsRemoved) throw new FreshetError("check", `the checks of ${name} read ${blocker.text}`)
}

function hasDifferentContent(
  previousOutputs: readonly { readonly dataVersion: string }[] | undefined,
  newOutputs: readonly { readonly dataVersion: string }[],
): boolean {
  return newOutputs.some(
    (output, index) => output.dataVersion !== previousOutputs?.[index]?.dataVersion,
  )
}

function computeOutputs(
  state: RunState,
  step: MaterializeStep,
  { inputVersion, reads }: Pick<StepResult, "inputVersion" | "reads">,
  effects: StepEffects,
): Promise<ComputeResult> {
  const { computation, key } = step
  return effects.engine.compute(
    {
      computation,
      outputs: getOutputs(state.evaluation.graph, computation),
      partition: formatStepPartition(state, step),
      folder: encodeFolderName(key),
      inputVersion,
      relations: buildRelations(state, step, reads),
    },
    (share) => effects.emit({ kind: "step_progress", ...toStepReference(step), share }),
    effects.log,
  )
}

function formatStepPartition({ evaluation }: RunState, { computation, partition }: StepPartition) {
  return formatPartition(getPartitions(evaluation.graph, computation), partition)
}

async function runCheckStep(
  state: RunState,
  step: CheckStep,
  effects: Effects,
): Promise<StepResult> {
  const { asset, partition } = step
  const { computation, name } = asset
  const record = findFreshRecord(state.evaluation, state.cache, name, partition)
  if (record === undefined)
    throw new FreshetError("check", `${step.id}: there are no rows to check`)
  const rows = { checkedAssets: [asset], outputs: [{ ...record, asset: name }] }
  const checks = await runChecks(state, { computation, partition }, rows, effects)
  const { inputVersion, fingerprint } = record
  const base = { ...emptyResult, inputVersion, fingerprint }
  return { ...base, checks, checkedAssets: [asset], outcome: { kind: "checked" } }
}

/** Applies the result of a step to the state of the run. Unchanged rows whose checks did not run have passed them before. */
export function applyResult(state: RunState, step: Step, result: StepResult): void {
  for (const { asset, dataVersion, file, bytes } of result.outputs) {
    const key = formatStateKey(asset, step.partition)
    state.materialized.set(key, { dataVersion, file, bytes })
    state.checksPassed.set(key, true)
  }
  for (const { name } of result.checkedAssets) {
    const results = result.checks.filter(({ asset }) => asset === name)
    state.checksPassed.set(formatStateKey(name, step.partition), results.every(passes))
  }
}

/** Builds the ledger's record of a step. */
export function buildStepRecord(
  state: RunState,
  step: Step,
  result: StepResult,
  run: { readonly id: string; readonly startedMs: number; readonly effects: Effects },
): StepRecord {
  const computation = getComputation(step)
  const codeVersion = findCodeVersion(state.evaluation, computation) ?? ""
  const versions = result.checkedAssets.map((asset) => [
    asset.name,
    findCheckVersion(state, asset, step.partition),
  ])
  return {
    run: run.id,
    computation: computation.name,
    partition: step.partition,
    inputVersion: result.inputVersion,
    fingerprint: result.fingerprint,
    materializations: result.outputs.map((output) => ({
      ...output,
      partition: step.partition,
      codeVersion,
      codeText: computeCodeText(computation, run.effects.hash),
      inputVersion: result.inputVersion,
    })),
    reads: result.reads,
    checks: result.checks,
    checkVersions: Object.fromEntries(versions),
    lineCounts: result.lineCounts,
    startedMs: run.startedMs,
    endedMs: run.effects.nowMs(),
    outcome: result.outcome,
  }
}

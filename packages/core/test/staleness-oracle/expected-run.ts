import type { StepOutcome } from "../../src/engine.ts"
import type { ComputedPartition, FindSourceReads, SourceReads } from "./existence.ts"
import type { Declarations } from "./shape.ts"
import { getHistoryName } from "./shape.ts"
import type { Truth } from "./truth.ts"

type Truths = ReadonlyMap<string, Truth>

/** One retained materialization: its inputs, and the check results of each output. */
interface PastMaterialization {
  readonly inputs: string
  readonly sourceReads: SourceReads
  readonly checks: Map<string, { readonly rule: string; readonly hasFailed: boolean }>
}

/** The oracle's history: a computation's first output names and a key → retained materializations, the newest last. */
export type Past = Map<string, PastMaterialization[]>

/** The key of a partition's history: the names of the histories of its outputs, and its key. */
function getPast(
  past: Past,
  declared: Declarations,
  { computation, key, definition }: ComputedPartition,
): PastMaterialization[] {
  const names = computation.outputs.map((output) => getHistoryName(declared, output)).join("+")
  const name = `${names} ${definition} ${key}`
  const materializations = past.get(name) ?? []
  past.set(name, materializations)
  return materializations
}

/** Creates the lookup of the source files that the newest materialization of a partition read. */
export function createSourceReadsLookup(past: Past, declared: Declarations): FindSourceReads {
  return (partition) => getPast(past, declared, partition).at(-1)?.sourceReads
}

/** The required work of a run, by definition. */
export interface ExpectedRun {
  /** The outcome of each planned partition: the requested ones and their upstream, unless fresh or blocked. */
  readonly outcomes: ReadonlyMap<string, StepOutcome["kind"]>
  /** The computed partitions. */
  readonly computed: ReadonlySet<string>
  /** The assets whose checks run on stored rows, once per partition. */
  readonly checked: readonly string[]
  /** True when a partition fails, fails its checks, or is skipped because of that. */
  readonly isBad: boolean
}

/** The request of a run. */
export interface OracleRequest {
  /** Output → the names of the requested truths. */
  readonly targets: ReadonlyMap<string, readonly string[]>
  /** The partition whose computation fails. */
  readonly failing: string | undefined
}

/** The fresh partitions: their upstream is fresh, and a retained materialization has their inputs. */
export function findFresh(truths: Truths, past: Past, declared: Declarations): ReadonlySet<string> {
  const fresh = new Set<string>()
  for (const [name, truth] of truths) {
    if (truth.isBlocked || !truth.reads.every((read) => fresh.has(read.name))) continue
    const materializations = getPast(past, declared, truth)
    if (materializations.some(({ inputs }) => inputs === truth.inputs)) fresh.add(name)
  }
  return fresh
}

/** Tests if a retained materialization of a partition has its current inputs. */
export function isRetained(past: Past, declared: Declarations, truth: Truth): boolean {
  return getPast(past, declared, truth).some(({ inputs }) => inputs === truth.inputs)
}

interface KnownState {
  readonly truths: Truths
  readonly past: Past
  readonly declared: Declarations
  readonly fresh: ReadonlySet<string>
}

interface OracleRun extends KnownState {
  /** `name output` whose rows block their readers in this run. */
  readonly blockers: Set<string>
  readonly outcomes: Map<string, StepOutcome["kind"]>
  readonly computed: Set<string>
  readonly checked: string[]
  isBad: boolean
}

/** Computes the required work of a run, and records it in the oracle's history. */
export function runOracle(
  truths: Truths,
  past: Past,
  declared: Declarations,
  request: OracleRequest,
): ExpectedRun {
  const running: OracleRun = {
    truths,
    past,
    declared,
    fresh: findFresh(truths, past, declared),
    blockers: new Set(),
    outcomes: new Map(),
    computed: new Set(),
    checked: [],
    isBad: false,
  }
  const failedRows = findFailedRows(running)
  const blockedRows = findBlockedRows(running, failedRows)
  for (const [output, names] of request.targets)
    for (const name of names)
      if (running.fresh.has(name) && !blockedRows.has(name)) rerunChecks(running, name, [output])
  const neededNames = findUpstream(truths, [...request.targets.values()].flat())
  const blocked = new Set<string>()
  const open: string[] = []
  for (const [name, truth] of truths) {
    if (!neededNames.has(name) || running.fresh.has(name)) continue
    const isBlocked =
      truth.isBlocked ||
      (truth.isRemoved && truth.reads.every((read) => running.fresh.has(read.name))) ||
      truth.reads.some(
        ({ name: read, output }) =>
          blocked.has(read) || blockedRows.has(read) || failedRows.has(`${read} ${output}`),
      )
    if (isBlocked) blocked.add(name)
    else open.push(name)
  }
  for (const { name, output } of open.flatMap((stepName) => truths.get(stepName)!.reads))
    if (running.fresh.has(name)) rerunChecks(running, name, [output])
  blockFreshDownstream(running)
  for (const name of open) running.outcomes.set(name, materialize(running, name, request.failing))
  const { outcomes, computed, checked, isBad } = running
  return { outcomes, computed, checked, isBad }
}

/** The fresh rows that failed the current error checks. */
function findFailedRows({ truths, past, declared, fresh }: KnownState): ReadonlySet<string> {
  const failedRows = new Set<string>()
  for (const name of fresh) {
    const truth = truths.get(name)!
    const { checks } = getPast(past, declared, truth).find(({ inputs }) => inputs === truth.inputs)!
    for (const [output, { rule, hasFailed }] of checks)
      if (hasFailed && rule === formatRule(declared, truth, output))
        failedRows.add(`${name} ${output}`)
  }
  return failedRows
}

/** The fresh rows downstream of such rows. */
function findBlockedRows(
  { truths, fresh }: KnownState,
  failedRows: ReadonlySet<string>,
): ReadonlySet<string> {
  const blockedRows = new Set<string>()
  for (const name of fresh)
    for (const read of truths.get(name)!.reads)
      if (blockedRows.has(read.name) || failedRows.has(`${read.name} ${read.output}`))
        blockedRows.add(name)
  return blockedRows
}

/** Adds the fresh rows downstream of rows that failed a check in this run: they block their readers too. */
function blockFreshDownstream({ truths, fresh, blockers }: OracleRun): void {
  for (const name of fresh) {
    const { reads, computation } = truths.get(name)!
    if (reads.some((read) => blockers.has(`${read.name} ${read.output}`)))
      for (const output of computation.outputs) blockers.add(`${name} ${output}`)
  }
}

/** The fresh outputs, `name output`, that passed the current checks and are not downstream of rows that did not. */
export function findPassedRows(
  truths: Truths,
  past: Past,
  declared: Declarations,
): ReadonlySet<string> {
  const passed = new Set<string>()
  const fresh = findFresh(truths, past, declared)
  const state = { truths, past, declared, fresh }
  const blockedRows = findBlockedRows(state, findFailedRows(state))
  for (const name of fresh) {
    if (blockedRows.has(name)) continue
    const truth = truths.get(name)!
    const { checks } = getPast(past, declared, truth).find(({ inputs }) => inputs === truth.inputs)!
    for (const [output, { rule, hasFailed }] of checks)
      if (!hasFailed && rule === formatRule(declared, truth, output))
        passed.add(`${name} ${output}`)
  }
  return passed
}

/** The rule of an output's check, and the content that it reads. */
function formatRule(declared: Declarations, { checkInputs }: Truth, output: string): string {
  const { read: _, ...rule } = declared.checks.get(output) ?? {}
  return JSON.stringify([rule, checkInputs.get(output)])
}

/** Tests whether the rows of an output fail an error check. */
export function failsCheck(
  declared: Declarations,
  { checksPassed }: Truth,
  output: string,
): boolean {
  return declared.checks.get(output)?.severity === "error" && checksPassed.get(output) === false
}

/** Runs the changed checks of these outputs on fresh rows; it fails if one of them reads a removed file. */
function rerunChecks(
  running: OracleRun,
  name: string,
  outputs: readonly string[],
  alsoFailed = false,
): "checked" | "unchanged" | "failed" {
  const { truths, past, declared, blockers } = running
  const truth = truths.get(name)!
  const { checks } = getPast(past, declared, truth).find(({ inputs }) => inputs === truth.inputs)!
  const changed = outputs.filter(
    (output) =>
      checks.get(output)?.rule !== formatRule(declared, truth, output) ||
      (alsoFailed && checks.get(output)?.hasFailed === true),
  )
  if (changed.some((output) => truth.uncheckable.has(output))) {
    for (const output of outputs) blockers.add(`${name} ${output}`)
    running.isBad = true
    return "failed"
  }
  for (const output of changed) checks.set(output, runCheck(running, name, output))
  return changed.length > 0 ? "checked" : "unchanged"
}

function runCheck(running: OracleRun, name: string, output: string) {
  const { truths, declared } = running
  if (declared.checks.has(output)) running.checked.push(output)
  const truth = truths.get(name)!
  const isBad = failsCheck(declared, truth, output)
  if (isBad) running.blockers.add(`${name} ${output}`)
  running.isBad ||= isBad
  return { rule: formatRule(declared, truth, output), hasFailed: isBad }
}

function materialize(
  running: OracleRun,
  name: string,
  failing: string | undefined,
): StepOutcome["kind"] {
  const { truths, past, declared, computed, blockers } = running
  const truth = truths.get(name)!
  if (truth.reads.some((read) => blockers.has(`${read.name} ${read.output}`)))
    return blockOutputs(running, name, "skipped")
  const materializations = getPast(past, declared, truth)
  const { outputs } = truth.computation
  const materialization = materializations.find(({ inputs }) => inputs === truth.inputs)
  if (materialization !== undefined && materialization === materializations.at(-1))
    return rerunChecks(running, name, outputs, true)
  if (materialization === undefined && truth.isRemoved)
    return blockOutputs(running, name, "skipped")
  if (materialization !== undefined && truth.uncheckable.size > 0)
    return blockOutputs(running, name, "failed")
  if (materialization === undefined) computed.add(name)
  else running.checked.push(...outputs.filter((output) => declared.checks.has(output)))
  if (materialization === undefined && name === failing)
    return blockOutputs(running, name, "failed")
  if (outputs.some((output) => failsCheck(declared, truth, output)))
    return blockOutputs(running, name, "checks_failed")
  if (materialization !== undefined)
    materializations.splice(materializations.indexOf(materialization), 1)
  materializations.push(toMaterialization(truth, declared))
  return materialization === undefined ? "materialized" : "reused"
}

function toMaterialization(truth: Truth, declared: Declarations): PastMaterialization {
  const checks = truth.computation.outputs.map(
    (output) => [output, { rule: formatRule(declared, truth, output), hasFailed: false }] as const,
  )
  const { inputs, sourceReads } = truth
  return { inputs, sourceReads, checks: new Map(checks) }
}

function blockOutputs(
  running: OracleRun,
  name: string,
  outcome: StepOutcome["kind"],
): StepOutcome["kind"] {
  const { blockers, truths } = running
  for (const output of truths.get(name)!.computation.outputs) blockers.add(`${name} ${output}`)
  running.isBad = true
  return outcome
}

/** The partitions and their upstream. */
function findUpstream(truths: Truths, from: readonly string[]): ReadonlySet<string> {
  const names = new Set<string>()
  const visit = (name: string): void => {
    if (names.has(name)) return
    names.add(name)
    for (const read of truths.get(name)?.reads ?? []) visit(read.name)
  }
  for (const name of from) visit(name)
  return names
}

/** Removes every materialization but the newest of each partition. */
export function keepNewest(past: Past): void {
  for (const materializations of past.values())
    materializations.splice(0, materializations.length - 1)
}

/** Copies the history, so that an interrupted run does not change it. */
export function copyPast(past: Past): Past {
  return new Map(
    [...past].map(([name, materializations]) => [
      name,
      materializations.map((past) => ({ ...past, checks: new Map(past.checks) })),
    ]),
  )
}

/** The records of an interrupted run: the outcome of each partition, and the assets whose checks ran. */
export interface RecordedStep {
  readonly name: string
  readonly outcome: string
  readonly checked: readonly string[]
}

/** Applies the records of an interrupted run to the history. */
export function applyRecorded(
  truths: Truths,
  past: Past,
  declared: Declarations,
  steps: readonly RecordedStep[],
) {
  for (const { name, outcome, checked } of steps) {
    const truth = truths.get(name)!
    const materializations = getPast(past, declared, truth)
    const materialization = materializations.find(({ inputs }) => inputs === truth.inputs)
    if (materialization !== undefined && outcome === "reused")
      materializations.splice(materializations.indexOf(materialization), 1)
    if (outcome === "materialized" || outcome === "reused")
      materializations.push(toMaterialization(truth, declared))
    if (outcome !== "checked" || materialization === undefined) continue
    for (const output of checked)
      materialization.checks.set(output, {
        rule: formatRule(declared, truth, output),
        hasFailed: failsCheck(declared, truth, output),
      })
  }
}

import type { StepOutcome } from "../../src/index.ts"
import type { Declared } from "./shape.ts"
import { lasting } from "./shape.ts"
import type { Truth } from "./truth.ts"

type Truths = ReadonlyMap<string, Truth>

/** What is kept of one partition: what it was made from, and how each output's checks came out. */
interface Kept {
  readonly inputs: string
  readonly checks: Map<string, { readonly rule: string; readonly isRefused: boolean }>
}

/** The oracle's own memory: the past of a computation and a key → what is kept, the newest last. */
export type Past = Map<string, Kept[]>

/** Where the past of a partition is found: under the names that its outputs had first. */
function pastOf(past: Past, declared: Declared, { computation, key }: Truth): Kept[] {
  const name = `${computation.outputs.map((each) => lasting(declared, each)).join("+")} ${key}`
  const kept = past.get(name) ?? []
  past.set(name, kept)
  return kept
}

/** What a run has to do, by definition. */
export interface Expected {
  /** How each partition in the plan comes out: what was asked for and all that it reads, as far as it is not fresh and waits for nothing. */
  readonly outcomes: ReadonlyMap<string, StepOutcome["kind"]>
  /** The partitions that are computed. */
  readonly computed: ReadonlySet<string>
  /** The outputs on whose rows the checks are run again, by asset: once for each partition. */
  readonly checked: readonly string[]
  /** Whether anything fails, is refused, or is skipped because of that. */
  readonly isBad: boolean
}

/** What is asked of a run. */
export interface Asked {
  /** Output → the names of the truths that are asked for. */
  readonly targets: ReadonlyMap<string, readonly string[]>
  /** The partition whose computation breaks. */
  readonly failing: string | undefined
}

/** The partitions that are fresh: all that they read is, and something is kept that was made from just that. */
export function freshOnes(truths: Truths, past: Past, declared: Declared): ReadonlySet<string> {
  const fresh = new Set<string>()
  for (const [name, truth] of truths) {
    if (truth.waits || !truth.reads.every((read) => fresh.has(read.name))) continue
    const kept = pastOf(past, declared, truth)
    if (kept.some(({ inputs }) => inputs === truth.inputs)) fresh.add(name)
  }
  return fresh
}

interface Known {
  readonly truths: Truths
  readonly past: Past
  readonly declared: Declared
  readonly fresh: ReadonlySet<string>
}

interface Running extends Known {
  /** `name output` whose rows nobody may read in this run. */
  readonly obstacles: Set<string>
  readonly outcomes: Map<string, StepOutcome["kind"]>
  readonly computed: Set<string>
  readonly checked: string[]
  isBad: boolean
}

/** What a run does, brought up to date in the oracle's memory. */
export function perform(truths: Truths, past: Past, declared: Declared, asked: Asked): Expected {
  const running: Running = {
    truths,
    past,
    declared,
    fresh: freshOnes(truths, past, declared),
    obstacles: new Set(),
    outcomes: new Map(),
    computed: new Set(),
    checked: [],
    isBad: false,
  }
  const unfit = unfitOnes(running)
  const held = heldOnes(running, unfit)
  for (const [output, names] of asked.targets)
    for (const name of names)
      if (running.fresh.has(name) && !held.has(name)) checkAgain(running, name, [output])
  const wanted = withUpstream(truths, [...asked.targets.values()].flat())
  const waiting = new Set<string>()
  const open: string[] = []
  for (const [name, truth] of truths) {
    if (!wanted.has(name) || running.fresh.has(name)) continue
    const waits =
      truth.waits ||
      truth.reads.some(
        ({ name: read, output }) =>
          waiting.has(read) || held.has(read) || unfit.has(`${read} ${output}`),
      )
    if (waits) waiting.add(name)
    else open.push(name)
  }
  for (const { name, output } of open.flatMap((each) => truths.get(each)!.reads))
    if (running.fresh.has(name)) checkAgain(running, name, [output])
  holdWhatStands(running)
  for (const name of open) running.outcomes.set(name, make(running, name, asked.failing))
  const { outcomes, computed, checked, isBad } = running
  return { outcomes, computed, checked, isBad }
}

/** Fresh rows that are known to fail the error checks of today. */
function unfitOnes({ truths, past, declared, fresh }: Known): ReadonlySet<string> {
  const unfit = new Set<string>()
  for (const name of fresh) {
    const truth = truths.get(name)!
    const { checks } = pastOf(past, declared, truth).find(({ inputs }) => inputs === truth.inputs)!
    for (const [output, { rule, isRefused }] of checks)
      if (isRefused && rule === ruleOf(declared, output)) unfit.add(`${name} ${output}`)
  }
  return unfit
}

/** Fresh rows that were made from such rows, or from what was. */
function heldOnes({ truths, fresh }: Known, unfit: ReadonlySet<string>): ReadonlySet<string> {
  const held = new Set<string>()
  for (const name of fresh)
    for (const read of truths.get(name)!.reads)
      if (held.has(read.name) || unfit.has(`${read.name} ${read.output}`)) held.add(name)
  return held
}

/** Fresh rows that stand on rows which the run itself found to be refused are not gone on from either. */
function holdWhatStands({ truths, fresh, obstacles }: Running): void {
  for (const name of fresh) {
    const { reads, computation } = truths.get(name)!
    if (reads.some((read) => obstacles.has(`${read.name} ${read.output}`)))
      for (const output of computation.outputs) obstacles.add(`${name} ${output}`)
  }
}

/** The partitions and outputs, `name output`, whose rows are right, passed the checks of today and stand on none that did not. */
export function passedOnes(truths: Truths, past: Past, declared: Declared): ReadonlySet<string> {
  const passed = new Set<string>()
  const fresh = freshOnes(truths, past, declared)
  const known = { truths, past, declared, fresh }
  const held = heldOnes(known, unfitOnes(known))
  for (const name of fresh) {
    if (held.has(name)) continue
    const truth = truths.get(name)!
    const { checks } = pastOf(past, declared, truth).find(({ inputs }) => inputs === truth.inputs)!
    for (const [output, { rule, isRefused }] of checks)
      if (!isRefused && rule === ruleOf(declared, output)) passed.add(`${name} ${output}`)
  }
  return passed
}

function ruleOf(declared: Declared, output: string): string {
  return JSON.stringify(declared.checks.get(output) ?? null)
}

function isRefused(declared: Declared, { fit }: Truth, output: string): boolean {
  return declared.checks.get(output)?.severity === "error" && fit.get(output) === false
}

/** Runs the checks of these outputs on rows that are right, where they are not the ones that ran last; says whether any did. */
function checkAgain(running: Running, name: string, outputs: readonly string[]): boolean {
  const { truths, past, declared } = running
  const truth = truths.get(name)!
  const { checks } = pastOf(past, declared, truth).find(({ inputs }) => inputs === truth.inputs)!
  const changed = outputs.filter((output) => checks.get(output)?.rule !== ruleOf(declared, output))
  for (const output of changed) checks.set(output, checkedNow(running, name, output))
  return changed.length > 0
}

function checkedNow(running: Running, name: string, output: string) {
  const { truths, declared } = running
  if (declared.checks.has(output)) running.checked.push(output)
  const isBad = isRefused(declared, truths.get(name)!, output)
  if (isBad) running.obstacles.add(`${name} ${output}`)
  running.isBad ||= isBad
  return { rule: ruleOf(declared, output), isRefused: isBad }
}

function make(running: Running, name: string, failing: string | undefined): StepOutcome["kind"] {
  const { truths, past, declared, computed, obstacles } = running
  const truth = truths.get(name)!
  if (truth.reads.some((read) => obstacles.has(`${read.name} ${read.output}`)))
    return bad(running, name, "skipped")
  const kept = pastOf(past, declared, truth)
  const { outputs } = truth.computation
  const made = kept.find(({ inputs }) => inputs === truth.inputs)
  if (made !== undefined && made === kept.at(-1))
    return checkAgain(running, name, outputs) ? "checked" : "unchanged"
  if (made === undefined) computed.add(name)
  else running.checked.push(...outputs.filter((output) => declared.checks.has(output)))
  if (made === undefined && name === failing) return bad(running, name, "failed")
  if (outputs.some((output) => isRefused(declared, truth, output)))
    return bad(running, name, "refused")
  if (made !== undefined) kept.splice(kept.indexOf(made), 1)
  kept.push(keptNow(truth, declared))
  return made === undefined ? "made" : "reused"
}

function keptNow(truth: Truth, declared: Declared): Kept {
  const checks = truth.computation.outputs.map(
    (output) => [output, { rule: ruleOf(declared, output), isRefused: false }] as const,
  )
  return { inputs: truth.inputs, checks: new Map(checks) }
}

function bad(running: Running, name: string, outcome: StepOutcome["kind"]): StepOutcome["kind"] {
  const { obstacles, truths } = running
  for (const output of truths.get(name)!.computation.outputs) obstacles.add(`${name} ${output}`)
  running.isBad = true
  return outcome
}

/** The partitions and everything that they read, directly or not. */
function withUpstream(truths: Truths, from: readonly string[]): ReadonlySet<string> {
  const found = new Set<string>()
  const visit = (name: string): void => {
    if (found.has(name)) return
    found.add(name)
    for (const read of truths.get(name)?.reads ?? []) visit(read.name)
  }
  for (const name of from) visit(name)
  return found
}

/** Forgets everything but the newest of what is kept. */
export function forget(past: Past): void {
  for (const kept of past.values()) kept.splice(0, kept.length - 1)
}

/** A copy that a run which is cut short does not change. */
export function copyOf(past: Past): Past {
  return new Map(
    [...past].map(([name, kept]) => [
      name,
      kept.map(({ inputs, checks }) => ({ inputs, checks: new Map(checks) })),
    ]),
  )
}

/** What a run that was cut short had told the ledger when it ended: how each partition came out, and whose checks ran. */
export interface Told {
  readonly name: string
  readonly outcome: string
  readonly checked: readonly string[]
}

/** Brings the memory up to what was recorded by a run that was cut short. */
export function follow(truths: Truths, past: Past, declared: Declared, told: readonly Told[]) {
  for (const { name, outcome, checked } of told) {
    const truth = truths.get(name)!
    const kept = pastOf(past, declared, truth)
    const made = kept.find(({ inputs }) => inputs === truth.inputs)
    if (made !== undefined && outcome === "reused") kept.splice(kept.indexOf(made), 1)
    if (outcome === "made" || outcome === "reused") kept.push(keptNow(truth, declared))
    if (outcome !== "checked" || made === undefined) continue
    for (const output of checked)
      made.checks.set(output, {
        rule: ruleOf(declared, output),
        isRefused: isRefused(declared, truth, output),
      })
  }
}

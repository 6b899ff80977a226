import { getHeapStatistics } from "node:v8"
import { Worker } from "node:worker_threads"

import { FreshetError, getErrorMessage } from "@freshet/core/engine"

import { collectColumns } from "../collect-columns.ts"
import {
  type CodeFailure,
  type ColumnValueLists,
  maxPendingChunks,
  type ProcessRequest,
  type ProcessResponse,
} from "../messages.ts"
import { findCode, loadDeclarations, UnknownCodeError } from "./find-code.ts"
import { createInputs, type CodeInputs } from "./inputs.ts"
import { createLog, type CodeLog } from "./log.ts"
import { redirectOutput } from "./redirect-output.ts"

// The program of a process that runs code of assets, one step at a time.

type ComputeRequest = Extract<ProcessRequest, { kind: "compute" }>

/** The step that runs. */
interface CodeStep {
  readonly request: ComputeRequest
  readonly log: CodeLog
  readonly signal: { aborted: boolean }
  /** Resolves the promises of chunks that wait until earlier ones are stored. */
  readonly waitingChunks: (() => void)[]
  pendingChunks: number
  inputs?: CodeInputs
}

const [, , declarationsPath = "", memoryMb = ""] = process.argv
const memoryLimitBytes = Number(memoryMb) * 1024 ** 2

let step: CodeStep | undefined

redirectOutput(() => step?.log.write)
const guardPath = new URL("./code-guard.js", import.meta.url) // beside this program
new Worker(guardPath, { workerData: { parent: process.ppid, memoryLimitBytes } }).unref()
process.on("exit", () => step?.log.flush())
process.on("disconnect", () => process.exit())
process.on("uncaughtException", failStep)
process.on("SIGTERM", () => {}) // the end of a service reaches this process as well; the main process decides what ends

const declarations = loadDeclarations(declarationsPath)
declarations.catch(() => {}) // the error is that of the first step

process.on("message", (request: ProcessRequest) => {
  if (request.kind === "compute") void runStep(createStep(request))
  else if (request.kind === "stored") acknowledgeChunk()
  else if (request.kind === "abort") abortStep()
  else step?.inputs?.receive(request)
})

function post(response: ProcessResponse): void {
  process.send?.(response)
}

function createStep(request: ComputeRequest): CodeStep {
  const log = createLog((messages) => post({ kind: "log", messages }), Date.now)
  return { request, log, signal: { aborted: false }, waitingChunks: [], pendingChunks: 0 }
}

async function runStep(newStep: CodeStep): Promise<void> {
  step = newStep
  await declarations.catch(() => {})
  const resources = await countResources()
  const failure = await computeRows(newStep).then(() => undefined, toFailure)
  const isReusable = (await countResources()) <= resources && hasFreeMemory()
  if (step === newStep) endStep(newStep, { failure, isReusable })
}

/** Ends the step with an error that nothing awaits. */
function failStep(cause: unknown): void {
  if (step === undefined) process.exit(1)
  endStep(step, { failure: toFailure(cause), isReusable: false })
}

function endStep(
  { log }: CodeStep,
  result: { readonly failure: CodeFailure | undefined; readonly isReusable: boolean },
): void {
  log.flush()
  step = undefined
  post({ kind: "ended", ...result })
}

function abortStep(): void {
  if (step !== undefined) step.signal.aborted = true
}

async function computeRows(newStep: CodeStep): Promise<void> {
  const { request, signal } = newStep
  const { asset, computation } = findCode(await declarations, request)
  const inputs = createInputs(computation, asset.columns, post)
  newStep.inputs = inputs
  const outputRows = computation.compute(inputs.rows, { partition: request.partition, signal })
  for await (const columns of collectColumns(asset, outputRows)) await sendRows(newStep, columns)
}

async function sendRows(currentStep: CodeStep, columns: ColumnValueLists): Promise<void> {
  if (currentStep.pendingChunks === maxPendingChunks)
    await new Promise<void>((resolve) => currentStep.waitingChunks.push(resolve))
  currentStep.pendingChunks += 1
  post({ kind: "rows", columns })
}

function acknowledgeChunk(): void {
  if (step === undefined) return
  step.pendingChunks -= 1
  step.waitingChunks.shift()?.()
}

function toFailure(cause: unknown): CodeFailure {
  const message = getErrorMessage(cause)
  if (cause instanceof FreshetError) return { kind: "rejected_rows", message }
  return { kind: cause instanceof UnknownCodeError ? "unknown_code" : "thrown", message }
}

/** Counts open timers, connections and files: a step that leaves more than before may disturb later ones. */
async function countResources(): Promise<number> {
  await new Promise((resolve) => setImmediate(resolve))
  return process.getActiveResourcesInfo().filter((name) => name !== "Immediate").length
}

/** Tests if less than half of the memory limit is in use. */
function hasFreeMemory(): boolean {
  const { used_heap_size: heapBytes, external_memory: bufferBytes } = getHeapStatistics()
  return heapBytes + bufferBytes < memoryLimitBytes / 2
}

import {
  changedInputs,
  currentReads,
  type MaterializeStep,
  type Plan,
  type ReadVersions,
  type Step,
} from "@freshet/core"

import type { Project } from "../project/project.ts"

/** The plan with the changed inputs of its steps by name: status alone says that they changed, the ledger which. */
export async function withChangedInputs(project: Project, plan: Plan): Promise<Plan> {
  const recorded = new Map(
    plan.steps.flatMap((step) => {
      const id = isInputStep(step) ? recordOf(project, step) : undefined
      return id === undefined ? [] : [[step.id, id] as const]
    }),
  )
  if (recorded.size === 0) return plan
  const versions = await project.readVersions([...recorded.values()])
  const steps = plan.steps.map((step) => {
    const then = versions.get(recorded.get(step.id) ?? -1)
    return then === undefined || !isInputStep(step) ? step : named(project, step, then)
  })
  return { ...plan, steps }
}

function isInputStep(step: Step): step is MaterializeStep {
  return step.kind === "materialize" && step.status.causes.some(({ kind }) => kind === "input")
}

function recordOf({ evaluation }: Project, step: MaterializeStep): number | undefined {
  const asset = step.computation.outputs[0]?.asset ?? ""
  return evaluation.snapshot.materializations.get(asset)?.get(step.partition)?.id
}

function named(
  { evaluation }: Project,
  step: MaterializeStep,
  then: readonly ReadVersions[],
): MaterializeStep {
  const now = currentReads(evaluation, step.computation, step.partition)
  if (now === undefined) return step
  const changed = changedInputs(then, now)
  const causes = step.status.causes.map((cause) =>
    cause.kind === "input" ? { ...cause, changed } : cause,
  )
  return { ...step, status: { ...step.status, causes } }
}

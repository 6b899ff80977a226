import { FreshetError, type Problem, ProblemsError } from "@freshet/core"

import { type Look, paint } from "./look.ts"

/** Problems as a person reads them: what is wrong, and under it what to do. */
function problemLines(problems: readonly Problem[], look: Look): readonly string[] {
  return problems.flatMap(({ message, hint }) => [
    `${paint(look, "bad", "error:")} ${message}`,
    ...(hint === undefined ? [] : indented(hint)),
  ])
}

/** Warnings in the same form. */
export function warningLines(problems: readonly Problem[], look: Look): readonly string[] {
  return problems.flatMap(({ message, hint }) => [
    `${paint(look, "stale", "warning:")} ${message}`,
    ...(hint === undefined ? [] : indented(hint)),
  ])
}

/** Whatever was thrown: first what, then why, then what to do; the stack only when debugging. */
export function errorLines(error: unknown, look: Look, debug: boolean): readonly string[] {
  const lines = knownLines(error, look)
  const stack = debug && error instanceof Error ? (error.stack ?? "").split("\n") : []
  return [...lines, ...stack]
}

function knownLines(error: unknown, look: Look): readonly string[] {
  if (error instanceof ProblemsError) return problemLines(error.problems, look)
  if (error instanceof FreshetError) {
    const why = causeText(error)
    return [
      ...problemLines([{ kind: error.code, message: error.message }], look),
      ...(why === undefined ? [] : indented(why)),
      ...(error.hint === undefined ? [] : indented(error.hint)),
    ]
  }
  const message = error instanceof Error ? error.message : String(error)
  return [
    `${paint(look, "bad", "error:")} ${message}`,
    ...indented("This is a fault in Freshet, not in your data."),
    ...indented("Set FRESHET_DEBUG=1 and run the command again to see where it happened."),
  ]
}

function causeText(error: FreshetError): string | undefined {
  const { cause } = error
  if (!(cause instanceof Error) || cause.message === "") return undefined
  return error.message.includes(cause.message) ? undefined : cause.message
}

function indented(text: string): readonly string[] {
  return text.split("\n").map((line) => `  ${line}`)
}

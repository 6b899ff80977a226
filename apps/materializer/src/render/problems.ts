import { FreshetError, getErrorMessage, type Problem, ProblemsError } from "@freshet/core/engine"

import { type TerminalStyle, paint } from "../terminal/terminal-style.ts"

/** Formats problems, each with its remedy below. */
function formatProblems(problems: readonly Problem[], style: TerminalStyle): readonly string[] {
  return problems.flatMap(({ message, hint }) => [
    `${paint(style, "bad", "error:")} ${message}`,
    ...(hint === undefined ? [] : indentLines(hint)),
  ])
}

/** A warning of a project or of a document. */
interface Warning {
  readonly message: string
  readonly hint?: string | null | undefined
}

/** Formats warnings, each with its remedy below. */
export function formatWarnings(
  problems: readonly Warning[],
  style: TerminalStyle,
): readonly string[] {
  return problems.flatMap(({ message, hint }) => [
    `${paint(style, "stale", "warning:")} ${message}`,
    ...(hint === undefined || hint === null ? [] : indentLines(hint)),
  ])
}

/** Formats a thrown error: the message, its cause, then the remedy; the stack only when debugging. */
export function formatError(
  error: unknown,
  style: TerminalStyle,
  debug: boolean,
): readonly string[] {
  const lines = formatErrorMessage(error, style)
  const stack = debug && error instanceof Error ? (error.stack ?? "").split("\n") : []
  return [...lines, ...stack]
}

function formatErrorMessage(error: unknown, style: TerminalStyle): readonly string[] {
  if (error instanceof ProblemsError) return formatProblems(error.problems, style)
  if (error instanceof FreshetError) {
    const causeMessage = findCauseMessage(error)
    return [
      ...formatProblems([{ kind: error.code, message: error.message }], style),
      ...(causeMessage === undefined ? [] : indentLines(causeMessage)),
      ...(error.hint === undefined ? [] : indentLines(error.hint)),
    ]
  }
  return [
    `${paint(style, "bad", "error:")} ${getErrorMessage(error)}`,
    ...indentLines("This is a fault in Freshet, not in your data."),
    ...indentLines("Set FRESHET_DEBUG=1 and run the command again to see where it happened."),
  ]
}

function findCauseMessage(error: FreshetError): string | undefined {
  const { cause } = error
  if (!(cause instanceof Error) || cause.message === "") return undefined
  return error.message.includes(cause.message) ? undefined : cause.message
}

function indentLines(text: string): readonly string[] {
  return text.split("\n").map((line) => `  ${line}`)
}

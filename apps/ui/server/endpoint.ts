import type { Services } from "@freshet/services"
import * as z from "zod/mini"

import type { Runner } from "./local-runner.ts"

/** The parts that answers are read from. */
export interface EndpointContext {
  readonly services: Services
  readonly runner: Runner
  readonly nodeVersion: string
}

/** One address of the HTTP interface: its input, the service that answers, and the schema of the document. */
export interface Endpoint {
  readonly method: "get" | "post"
  /** Parameters begin with a colon. */
  readonly path: string
  readonly summary: string
  readonly input: z.core.$ZodType
  readonly answer: z.core.$ZodType
  /** True if the answer stays the same until the project changes. */
  readonly isLasting?: boolean
  readonly handle: (context: EndpointContext, input: unknown) => Promise<object>
}

/** Declares an address of the HTTP interface. */
export function defineEndpoint<I extends z.core.$ZodType>(
  endpoint: Omit<Endpoint, "input" | "handle"> & {
    readonly input: I
    readonly handle: (context: EndpointContext, input: z.output<I>) => Promise<object>
  },
): Endpoint {
  const { handle, input, ...declaration } = endpoint
  return {
    ...declaration,
    input,
    handle: (context, value) => handle(context, z.parse(input, value)),
  }
}

/** A text of a request. */
export const text = z.string().check(z.maxLength(2000))
export const optionalText = z.optional(text)
export const noInput = z.strictObject({})
/** A selection of assets in the grammar of the command line. */
export const selectionSchema = z.strictObject({ selection: optionalText })

/** Creates the schema of a count with its initial value. */
export function countSchema(initial: number, maximum: number) {
  return z.prefault(z.coerce.number().check(z.int(), z.minimum(0), z.maximum(maximum)), initial)
}

/** Splits a selection into the words of a command. */
export function toWords(selection: string | undefined): readonly string[] {
  return selection === undefined || selection.trim() === "" ? [] : [selection]
}

/** Builds SQL that converts an instant or an interval to milliseconds, with a fraction. */
export function toMilliseconds(expression: string): string {
  return `(extract(epoch from ${expression}) * 1000)::float8`
}

/** Builds SQL that converts an instant to whole milliseconds. */
export function toWholeMilliseconds(expression: string): string {
  return `floor(extract(epoch from ${expression}) * 1000)::float8`
}

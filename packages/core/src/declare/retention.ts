/**
 * The number of days that a materialization is retained after a newer one of the same partition replaced it. The
 * newest materialization of a partition is always retained.
 */
export interface Retention {
  readonly kind: "keep_for"
  readonly days: number
}

/** Retains replaced materializations for this many days: an edit that is reverted within that time recomputes nothing. Throws a RangeError unless `days` is finite and not negative. */
export function keepFor(options: { readonly days: number }): Retention {
  if (!(options.days >= 0 && Number.isFinite(options.days)))
    throw new RangeError(
      `${options.days} is not a number of days: retention is a finite number, 0 or more`,
    )
  return { kind: "keep_for", days: options.days }
}

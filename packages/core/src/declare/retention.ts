/**
 * How long a materialization is kept after a newer one of the same partition replaced it. The newest one of a
 * partition is always kept.
 */
export interface Retention {
  readonly kind: "keep_for"
  readonly days: number
}

/** Replaced materializations are kept this many days: an edit that is taken back within that time costs nothing. Throws a RangeError for what is no number of days. */
export function keepFor(options: { readonly days: number }): Retention {
  if (!(options.days >= 0 && Number.isFinite(options.days)))
    throw new RangeError(`${options.days} is no number of days`)
  return { kind: "keep_for", days: options.days }
}

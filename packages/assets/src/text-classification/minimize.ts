/** The value of a function at a point, and its gradient there. */
interface Evaluated {
  readonly value: number
  readonly gradient: Float64Array
}

/** A step of the search and the change of the gradient along it. */
interface Correction {
  readonly step: Float64Array
  readonly change: Float64Array
  readonly curvature: number
}

const maxIterations = 200
const maxCorrections = 10

/** Finds the minimum of a smooth convex function with the L-BFGS method (Liu and Nocedal 1989), from the origin: a point whose gradient is at most `tolerance`. */
export function minimize(
  dimensions: number,
  evaluate: (point: Float64Array) => Evaluated,
  { tolerance }: { readonly tolerance: number },
): Float64Array {
  let point: Float64Array = new Float64Array(dimensions)
  let current = evaluate(point)
  const corrections: Correction[] = []
  for (let count = 0; count < maxIterations; count += 1) {
    if (findLargest(current.gradient) <= tolerance) break
    const direction = computeDirection(current.gradient, corrections)
    const next = searchLine(point, current, { direction, evaluate, isFirst: count === 0 })
    if (next === undefined) break
    const step = combine(next.point, point, -1)
    const change = combine(next.gradient, current.gradient, -1)
    const curvature = multiply(step, change)
    if (curvature > 0) corrections.push({ step, change, curvature })
    if (corrections.length > maxCorrections) corrections.shift()
    point = next.point
    current = next
  }
  return point
}

/** Computes the direction of descent: the gradient times the approximate inverse of the second derivative. */
function computeDirection(
  gradient: Float64Array,
  corrections: readonly Correction[],
): Float64Array {
  let direction: Float64Array = gradient.map((value) => -value)
  const factors = new Map<Correction, number>()
  for (const correction of corrections.toReversed()) {
    const factor = multiply(correction.step, direction) / correction.curvature
    factors.set(correction, factor)
    direction = combine(direction, correction.change, -factor)
  }
  const newest = corrections.at(-1)
  if (newest !== undefined) {
    const scale = newest.curvature / multiply(newest.change, newest.change)
    direction = direction.map((value) => value * scale)
  }
  for (const correction of corrections) {
    const factor = multiply(correction.change, direction) / correction.curvature
    direction = combine(direction, correction.step, (factors.get(correction) ?? 0) - factor)
  }
  return direction
}

interface LineSearch {
  readonly direction: Float64Array
  readonly evaluate: (point: Float64Array) => Evaluated
  readonly isFirst: boolean
}

/** Halves the step until the value decreases enough; undefined if it does not. */
function searchLine(
  point: Float64Array,
  { value, gradient }: Evaluated,
  { direction, evaluate, isFirst }: LineSearch,
): (Evaluated & { readonly point: Float64Array }) | undefined {
  const slope = multiply(gradient, direction)
  let length = isFirst ? Math.min(1, 1 / Math.sqrt(multiply(gradient, gradient))) : 1
  for (let count = 0; count < 40; count += 1) {
    const next = combine(point, direction, length)
    const evaluated = evaluate(next)
    if (evaluated.value <= value + 1e-4 * length * slope) return { ...evaluated, point: next }
    length /= 2
  }
  return undefined
}

function combine(
  one: Float64Array,
  other: Float64Array,
  factor: number,
): Float64Array<ArrayBuffer> {
  const sum = new Float64Array(one.length)
  for (let at = 0; at < sum.length; at += 1) sum[at] = (one[at] ?? 0) + factor * (other[at] ?? 0)
  return sum
}

function multiply(one: Float64Array, other: Float64Array): number {
  let sum = 0
  for (let at = 0; at < one.length; at += 1) sum += (one[at] ?? 0) * (other[at] ?? 0)
  return sum
}

function findLargest(values: Float64Array): number {
  return values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0)
}

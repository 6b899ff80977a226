import type { Point } from "./layout-graph.ts"

/** Draws a smooth line that leaves and enters cards at right angles. */
export function drawLine(points: readonly Point[], isDown: boolean): string {
  const [first, ...more] = points
  if (first === undefined) return ""
  let previous = first
  const parts = [`M${first.x},${first.y}`]
  for (const point of more) {
    const middle = isDown ? (previous.y + point.y) / 2 : (previous.x + point.x) / 2
    const [c1, c2] = isDown
      ? [`${previous.x},${middle}`, `${point.x},${middle}`]
      : [`${middle},${previous.y}`, `${middle},${point.y}`]
    parts.push(`C${c1} ${c2} ${point.x},${point.y}`)
    previous = point
  }
  return parts.join("")
}

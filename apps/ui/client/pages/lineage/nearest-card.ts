import type { Box, Point } from "./layout-graph.ts"

/** A side of a card. */
export type Side = "left" | "right" | "up" | "down"

/** Finds the nearest card at a side of another one; the first card of the graph when none is selected. */
export function findNearest(
  boxes: Readonly<Record<string, Box>>,
  selected: string | undefined,
  side: Side,
): string | undefined {
  const entries = Object.entries(boxes)
  const start = boxes[selected ?? ""]
  if (start === undefined) return entries.toSorted(([, a], [, b]) => a.y - b.y || a.x - b.x)[0]?.[0]
  const candidates = entries.flatMap(([id, box]) => {
    const distance = measureDistance(getCenter(start), getCenter(box), side)
    return id === selected || distance === undefined ? [] : [{ id, distance }]
  })
  return candidates.toSorted((a, b) => a.distance - b.distance)[0]?.id
}

function getCenter({ x, y, width, height }: Box): Point {
  return { x: x + width / 2, y: y + height / 2 }
}

/** Measures the way to a card; a way to the side counts double. Undefined for a card at another side. */
function measureDistance(from: Point, to: Point, side: Side): number | undefined {
  const [dx, dy] = [to.x - from.x, to.y - from.y]
  const isSideways = side === "left" || side === "right"
  const sign = side === "right" || side === "down" ? 1 : -1
  const [along, across] = isSideways ? [dx * sign, Math.abs(dy)] : [dy * sign, Math.abs(dx)]
  return along < 1 ? undefined : along + 2 * across
}

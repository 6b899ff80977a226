import type { GraphLayout, Point } from "./layout-graph.ts"
import type { ViewEdge } from "./view-graph.ts"

/** Begins and ends a line in the middle of the sides of its cards. */
export function attachEnds(
  { boxes, lines }: GraphLayout,
  { id, from, to }: ViewEdge,
  isDown: boolean,
): readonly Point[] {
  const [source, target] = [boxes[from], boxes[to]]
  const inner = (lines[id] ?? []).slice(1, -1)
  if (source === undefined || target === undefined) return inner
  return isDown
    ? [
        { x: source.x + source.width / 2, y: source.y + source.height },
        ...inner,
        { x: target.x + target.width / 2, y: target.y },
      ]
    : [
        { x: source.x + source.width, y: source.y + source.height / 2 },
        ...inner,
        { x: target.x, y: target.y + target.height / 2 },
      ]
}

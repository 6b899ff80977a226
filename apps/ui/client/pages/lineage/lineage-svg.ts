import { attachEnds } from "./attach-ends.ts"
import { drawLine } from "./draw-line.ts"
import { type Box, type Direction, goesDown, type GraphLayout } from "./layout-graph.ts"
import { type LensTone, listCategories } from "./lenses.ts"
import type { ViewGraph, ViewNode } from "./view-graph.ts"

/** The colours of the drawing. */
export interface SvgColors {
  readonly background: string
  readonly text: string
  readonly line: string
  readonly getTone: (tone: LensTone) => string
}

const margin = 24
const legendHeight = 28

/** Draws the visible graph with its legend, independent of the page. */
export function formatLineageSvg(
  graph: ViewGraph,
  layout: GraphLayout,
  { direction, colors }: { readonly direction: Direction; readonly colors: SvgColors },
): string {
  const boxes = [...Object.values(layout.boxes), ...Object.values(layout.groups)]
  const width = Math.max(520, ...boxes.map((box) => box.x + box.width))
  const height = Math.max(0, ...boxes.map((box) => box.y + box.height))
  const viewBox = `${-margin} ${-margin} ${width + 2 * margin} ${height + 2 * margin + legendHeight}`
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${viewBox}" width="${width + 2 * margin}" font-family="Inter, system-ui, sans-serif" font-size="13">`,
    `<rect x="${-margin}" y="${-margin}" width="100%" height="100%" fill="${colors.background}"/>`,
    ...graph.groups.flatMap(({ name }) => drawGroup(name, layout.groups[name], colors)),
    ...drawEdges(graph, layout, direction, colors),
    ...graph.nodes.flatMap((node) => drawCard(node, layout.boxes[node.id], colors)),
    ...drawLegend(graph, height + margin, colors),
    "</svg>",
    "",
  ].join("\n")
}

function drawGroup(name: string, box: Box | undefined, { line, text }: SvgColors) {
  if (box === undefined) return []
  return [
    drawRectangle(box, `fill="none" stroke="${line}" rx="10"`),
    drawText({ x: box.x + 16, y: box.y + 26 }, name, `fill="${text}" font-weight="600"`),
  ]
}

function drawEdges(
  graph: ViewGraph,
  layout: GraphLayout,
  direction: Direction,
  { line }: SvgColors,
): readonly string[] {
  const groups = new Map(graph.nodes.map(({ id, group }) => [id, group]))
  return graph.edges.map((edge) => {
    const group = groups.get(edge.from)
    const isInner = group !== undefined && group === groups.get(edge.to)
    const isDown = goesDown(graph, direction, isInner)
    const path = drawLine(attachEnds(layout, edge, isDown), isDown)
    return `<path d="${path}" fill="none" stroke="${line}" stroke-width="1.4"/>`
  })
}

function drawCard(node: ViewNode, box: Box | undefined, colors: SvgColors): readonly string[] {
  if (box === undefined) return []
  const { name, mark, detail, counts } = node
  const color = mark === undefined ? colors.line : colors.getTone(mark.tone)
  const frame = drawRectangle(box, `fill="${colors.background}" stroke="${color}" rx="6"`)
  const textX = box.x + 12
  const bold = `fill="${colors.text}" font-weight="600"`
  if (mark !== undefined)
    return [
      frame,
      drawText({ x: textX, y: box.y + 22 }, name, `fill="${colors.text}"`),
      drawText(
        { x: box.x + box.width - 10, y: box.y + 22 },
        mark.value === "" ? mark.word : mark.value,
        `fill="${color}" text-anchor="end" font-size="11"`,
      ),
    ]
  const countText = counts.map(({ count, word }) => `${count} ${word}`).join(" · ")
  return [
    frame,
    drawText({ x: textX, y: box.y + 34 }, name, bold),
    drawText({ x: textX, y: box.y + 60 }, detail, `fill="${colors.text}"`),
    drawText({ x: textX, y: box.y + 86 }, countText, `fill="${colors.text}"`),
  ]
}

function drawLegend(
  { lens, nodes }: ViewGraph,
  y: number,
  { text, getTone }: SvgColors,
): readonly string[] {
  const tones = new Set(nodes.flatMap(({ mark, counts }) => [mark, ...counts].map((m) => m?.tone)))
  let x = 0
  return listCategories(lens)
    .filter(({ tone }) => tones.has(tone))
    .flatMap(({ tone, word }) => {
      const swatch = { x, y: y - 10, width: 12, height: 12 }
      const label = { x: x + 18, y }
      x += 36 + word.length * 8
      return [
        drawRectangle(swatch, `fill="${getTone(tone)}" rx="2"`),
        drawText(label, word, `fill="${text}"`),
      ]
    })
}

function drawRectangle({ x, y, width, height }: Box, attributes: string): string {
  return `<rect x="${x}" y="${y}" width="${width}" height="${height}" ${attributes}/>`
}

function drawText(
  { x, y }: { readonly x: number; readonly y: number },
  text: string,
  attributes: string,
) {
  return `<text x="${x}" y="${y}" ${attributes}>${escapeText(text)}</text>`
}

function escapeText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
}

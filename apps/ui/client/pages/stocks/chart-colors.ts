/** The colours of the chart in the present theme, which a canvas does not inherit. */
export interface ChartColors {
  readonly text: string
  readonly line: string
  readonly price: string
  readonly positive: string
  readonly neutral: string
  readonly negative: string
  readonly negativeGround: string
  readonly picked: string
}

/** Reads the colours of the design system. */
export function readChartColors(): ChartColors {
  return {
    text: resolveColor("--text-2"),
    line: resolveColor("--line"),
    price: resolveColor("--accent"),
    positive: resolveColor("--fresh-bar"),
    neutral: resolveColor("--queued-bar"),
    negative: resolveColor("--failed-bar"),
    negativeGround: resolveColor("--failed-soft"),
    picked: resolveColor("--text"),
  }
}

/** Lets the browser resolve the value of a token. */
function resolveColor(token: string): string {
  const element = document.createElement("span")
  element.style.color = `var(${token})`
  document.body.append(element)
  const { color } = getComputedStyle(element)
  element.remove()
  return color
}

/** Calls `listener` after each change of the theme, by the visitor or by the system. Returns a function that ends it. */
export function watchTheme(listener: () => void): () => void {
  const observer = new MutationObserver(listener)
  observer.observe(document.documentElement, { attributeFilter: ["data-theme"] })
  const systemTheme = matchMedia("(prefers-color-scheme: dark)")
  systemTheme.addEventListener("change", listener)
  return () => {
    observer.disconnect()
    systemTheme.removeEventListener("change", listener)
  }
}

const hatchSize = 6

/** Creates a hatch, by which negative bars differ from others without colour. */
export function createHatch(
  context: CanvasRenderingContext2D,
  { negative, negativeGround }: ChartColors,
): CanvasPattern | string {
  const canvas = document.createElement("canvas")
  canvas.width = hatchSize
  canvas.height = hatchSize
  const hatch = canvas.getContext("2d")
  if (hatch === null) return negative
  hatch.fillStyle = negative
  hatch.fillRect(0, 0, hatchSize, hatchSize)
  hatch.strokeStyle = negativeGround
  for (const offset of [-hatchSize, 0, hatchSize]) {
    hatch.moveTo(offset, hatchSize)
    hatch.lineTo(offset + hatchSize, 0)
  }
  hatch.stroke()
  return context.createPattern(canvas, "repeat") ?? negative
}

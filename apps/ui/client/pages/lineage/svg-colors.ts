import type { LensTone } from "./lenses.ts"
import type { SvgColors } from "./lineage-svg.ts"

import classes from "./lineage.module.css"

/** Reads the colours of the present theme, which a drawing outside the page does not have. */
export function readSvgColors(): SvgColors {
  return {
    background: resolveColor({ color: "var(--bg)" }),
    text: resolveColor({ color: "var(--text)" }),
    line: resolveColor({ color: "var(--line-strong)" }),
    getTone: (tone) => resolveColor({ color: "var(--state)", tone }),
  }
}

/** Lets the browser resolve a colour of the design system. */
function resolveColor({
  color,
  tone,
}: {
  readonly color: string
  readonly tone?: LensTone
}): string {
  const element = document.createElement("span")
  element.className = classes["symbol"] ?? ""
  if (tone !== undefined) element.dataset["tone"] = tone
  element.style.color = color
  document.body.append(element)
  const resolved = getComputedStyle(element).color
  element.remove()
  return resolved
}

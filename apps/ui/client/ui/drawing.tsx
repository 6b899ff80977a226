import type { ReactNode } from "react"

interface DrawingProps {
  /** The content in words. */
  readonly label: string
  readonly width: number
  readonly height: number
  /** The smallest readable share of the width; a narrower container scrolls. */
  readonly minScale?: number
  readonly children: ReactNode
}

/** A drawing of SVG elements that shrinks with its container. */
export function Drawing({ label, width, height, minScale = 0.75, children }: DrawingProps) {
  return (
    <div className="scroll" tabIndex={0} role="region" aria-label={label}>
      <svg
        viewBox={`0 0 ${width} ${height}`}
        style={{ display: "block", width: "100%", minWidth: width * minScale, maxWidth: width }}
        role="img"
        aria-label={label}
      >
        {children}
      </svg>
    </div>
  )
}

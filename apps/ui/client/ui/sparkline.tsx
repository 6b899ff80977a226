const [width, height, margin] = [64, 18, 2] as const

/** Values in their order as a line without axes; the exact values have to stand elsewhere too. */
export function Sparkline({
  values,
  label,
}: {
  readonly values: readonly number[]
  /** The content in words. */
  readonly label: string
}) {
  const [minimum, maximum] = [Math.min(...values), Math.max(...values)]
  const toX = (at: number) => margin + (at * (width - 2 * margin)) / Math.max(1, values.length - 1)
  const toY = (value: number) =>
    maximum === minimum
      ? height / 2
      : height - margin - ((value - minimum) / (maximum - minimum)) * (height - 2 * margin)
  const last = values.length - 1
  return (
    <svg width={width} height={height} role="img" aria-label={label} style={{ display: "block" }}>
      <title>{label}</title>
      <polyline
        points={values.map((value, at) => `${toX(at)},${toY(value)}`).join(" ")}
        fill="none"
        stroke="var(--text-3)"
        strokeWidth="1.25"
        strokeLinejoin="round"
      />
      <circle cx={toX(last)} cy={toY(values[last] ?? 0)} r="2" fill="var(--text-2)" />
    </svg>
  )
}

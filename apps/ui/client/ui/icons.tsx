import type { ReactNode } from "react"

const line = {
  fill: "none",
  stroke: "currentColor",
  strokeWidth: 1.5,
  strokeLinecap: "round",
  strokeLinejoin: "round",
} as const

const shapes = {
  fresh: (
    <>
      <circle cx="8" cy="8" r="6.25" fill="currentColor" />
      <path
        d="m5.2 8.2 2 2 3.7-4.2"
        {...line}
        stroke="var(--icon-mark, var(--bg))"
        strokeWidth="1.7"
      />
    </>
  ),
  stale: (
    <>
      <circle cx="8" cy="8" r="5.75" {...line} />
      <path d="M8 2.25a5.75 5.75 0 0 0 0 11.5z" fill="currentColor" />
    </>
  ),
  failed: (
    <>
      <path d="M5.3 1.5h5.4l3.8 3.8v5.4l-3.8 3.8H5.3l-3.8-3.8V5.3z" fill="currentColor" />
      <path
        d="m5.6 5.6 4.8 4.8m0-4.8-4.8 4.8"
        {...line}
        stroke="var(--icon-mark, var(--bg))"
        strokeWidth="1.7"
      />
    </>
  ),
  blocked: (
    <>
      <circle cx="8" cy="8" r="5.75" {...line} />
      <path d="M4.8 8h6.4" {...line} strokeWidth="2.4" />
    </>
  ),
  missing: (
    <circle cx="8" cy="8" r="5.75" {...line} strokeDasharray="2.2 2.3" strokeLinecap="butt" />
  ),
  overdue: (
    <>
      <circle cx="8" cy="8.4" r="5.6" {...line} />
      <path d="M8 5.2v3.4l2.2 1.4M5.8 1.2h4.4" {...line} />
    </>
  ),
  running: (
    <>
      <circle cx="8" cy="8" r="5.75" {...line} />
      <path d="M6.6 5.4v5.2L10.8 8z" fill="currentColor" />
    </>
  ),
  queued: (
    <>
      <circle cx="8" cy="8" r="5.75" {...line} />
      <circle cx="5.3" cy="8" r=".9" fill="currentColor" />
      <circle cx="8" cy="8" r=".9" fill="currentColor" />
      <circle cx="10.7" cy="8" r=".9" fill="currentColor" />
    </>
  ),
  source: <path d="M8 2.2 13.8 8 8 13.8 2.2 8z" {...line} />,
  brand: (
    <path
      d="M1.5 6c2.2-2.4 4.3-2.4 6.5 0s4.3 2.4 6.5 0M1.5 11c2.2-2.4 4.3-2.4 6.5 0s4.3 2.4 6.5 0"
      {...line}
      strokeWidth="1.8"
    />
  ),
  today: <path d="M2.5 8.5 5 8.5 6.6 4l3 8 1.5-3.5h2.4" {...line} />,
  catalog: <path d="M2.5 4h11M2.5 8h11M2.5 12h11" {...line} />,
  lineage: (
    <>
      <circle cx="3.5" cy="8" r="1.75" {...line} />
      <circle cx="12.5" cy="3.8" r="1.75" {...line} />
      <circle cx="12.5" cy="12.2" r="1.75" {...line} />
      <path d="M5.3 8c3.4 0 2-4.2 5.4-4.2M5.3 8c3.4 0 2 4.2 5.4 4.2" {...line} />
    </>
  ),
  runs: <path d="M2.5 4h6M5 8h6.5M8 12h5.5" {...line} />,
  schedules: (
    <>
      <rect x="2.5" y="3.5" width="11" height="10" rx="1.5" {...line} />
      <path d="M2.5 6.75h11M5.5 2v3M10.5 2v3" {...line} />
    </>
  ),
  system: (
    <>
      <ellipse cx="8" cy="4" rx="5" ry="2" {...line} />
      <path d="M3 4v8c0 1.1 2.2 2 5 2s5-.9 5-2V4M3 8c0 1.1 2.2 2 5 2s5-.9 5-2" {...line} />
    </>
  ),
  films: (
    <>
      <rect x="2.5" y="3" width="11" height="10" rx="1.5" {...line} />
      <path d="M5.5 3v10M10.5 3v10M2.5 8h11" {...line} />
    </>
  ),
  stocks: (
    <path
      d="M3 13.5V10M6.5 13.5V9M10 13.5v-2.5M13.5 13.5V8M2.5 6.5l3.5-3 3 2.5 4.5-3.5"
      {...line}
    />
  ),
  checks: <path d="m3 8.5 3 3 7-7.5" {...line} />,
  people: (
    <>
      <circle cx="5.8" cy="5.5" r="2.5" {...line} />
      <path d="M1.8 13.5c0-2.4 1.8-4 4-4s4 1.6 4 4M11 5.5h3.5M12.75 3.75v3.5" {...line} />
    </>
  ),
  search: (
    <>
      <circle cx="7" cy="7" r="4.25" {...line} />
      <path d="m10.3 10.3 3.2 3.2" {...line} />
    </>
  ),
  next: <path d="m6 3.5 4.5 4.5L6 12.5" {...line} />,
  previous: <path d="M10 3.5 5.5 8l4.5 4.5" {...line} />,
  arrow: <path d="M2.5 8h10.5M9.5 4.5 13 8l-3.5 3.5" {...line} />,
  close: <path d="m4 4 8 8m0-8-8 8" {...line} />,
  copy: (
    <>
      <rect x="5.5" y="5.5" width="8" height="8" rx="1.5" {...line} />
      <path d="M10.5 2.5h-7a1 1 0 0 0-1 1v7" {...line} />
    </>
  ),
} as const satisfies Readonly<Record<string, ReactNode>>

export type IconName = keyof typeof shapes

/** A decorative icon: a word beside it has the meaning. */
export function Icon({ name, size = 16 }: { readonly name: IconName; readonly size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      {shapes[name]}
    </svg>
  )
}

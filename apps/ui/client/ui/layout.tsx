import type { ReactNode } from "react"

import type { ProblemDocument } from "../api/documents.ts"

import classes from "./layout.module.css"

/** A part of a page under a heading and a line. */
export function Section({
  id,
  title,
  detail,
  extra,
  children,
}: {
  /** The id of the section in an address. */
  readonly id?: string
  readonly title: string
  /** A count or a short fact beside the title. */
  readonly detail?: ReactNode
  /** Keys or a link at the right. */
  readonly extra?: ReactNode
  readonly children: ReactNode
}) {
  return (
    <section id={id} className={classes["section"]}>
      <h2>
        {title}
        {detail === undefined ? null : <span className={classes["detail"]}>{detail}</span>}
        {extra === undefined ? null : <span className={classes["extra"]}>{extra}</span>}
      </h2>
      {children}
    </section>
  )
}

/** A page with a column at its side. */
export function Split({
  children,
  aside,
}: {
  readonly children: ReactNode
  readonly aside: ReactNode
}) {
  return (
    <div className={classes["split"]}>
      <div>{children}</div>
      <aside aria-label="Details">{aside}</aside>
    </div>
  )
}

/** Names and values. */
export function Facts({ facts }: { readonly facts: readonly (readonly [string, ReactNode])[] }) {
  return (
    <dl className={classes["facts"]}>
      {facts.map(([name, value]) => (
        <div key={name} style={{ display: "contents" }}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}

/** Explains an empty view: the fact, the reason, the next thing to do. */
export function Empty({
  title,
  isPage = false,
  children,
}: {
  readonly title: string
  /** True when nothing else is on the page. */
  readonly isPage?: boolean
  readonly children?: ReactNode
}) {
  return (
    <div className={classes["empty"]}>
      {isPage ? <h1>{title}</h1> : <h2>{title}</h2>}
      {children}
    </div>
  )
}

/** A message of Freshet, with its `commands` and `names` as code. */
export function Message({ text }: { readonly text: string }) {
  return text
    .split("`")
    .map((part, index) => (index % 2 === 0 ? part : <code key={index}>{part}</code>))
}

/** Problems of an answer, each with its remedy. */
export function Problems({ problems }: { readonly problems: readonly ProblemDocument[] }) {
  return (
    <div className="stack" role="alert">
      {problems.map(({ message, hint }) => (
        <div key={message} className={classes["note"]} data-state="failed">
          <p className="strong">
            <Message text={message} />
          </p>
          {hint === null ? null : (
            <p className="quiet">
              <Message text={hint} />
            </p>
          )}
        </div>
      ))}
    </div>
  )
}

const skeletonWidths = ["62%", "88%", "74%", "81%", "55%"]

/** The place of a view that is read for the first time. */
export function Skeleton() {
  return (
    <div role="status" aria-busy="true" aria-label="Loading">
      {skeletonWidths.map((width) => (
        <span key={width} className={classes["skeleton"]} style={{ width }} />
      ))}
    </div>
  )
}

/** Lines of code or SQL. */
export function CodeBlock({ text, label }: { readonly text: string; readonly label: string }) {
  return (
    <pre className={classes["code"]} tabIndex={0} role="region" aria-label={label}>
      {text}
    </pre>
  )
}

export const listClass = classes["list"]
export const belowClass = classes["below"]
export const noteClass = classes["note"]

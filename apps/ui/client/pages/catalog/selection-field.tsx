import { useNavigate } from "@tanstack/react-router"
import { useEffect, useRef, useState } from "react"

import type { ProblemDocument } from "../../api/documents.ts"
import { useKeys } from "../../shell/keys.ts"
import { Key } from "../../ui/controls.tsx"
import { Icon } from "../../ui/icons.tsx"
import { Message } from "../../ui/layout.tsx"

import classes from "./catalog.module.css"

const typingMs = 250

/** The selection of the catalog; the same text selects assets on the command line. */
export function SelectionField({
  selection,
  problems,
}: {
  readonly selection: string
  readonly problems: readonly ProblemDocument[]
}) {
  const [text, setText] = useState(selection)
  const field = useRef<HTMLInputElement>(null)
  const navigate = useNavigate()
  useEffect(() => setText(selection), [selection])
  useEffect(() => {
    if (text === selection) return
    const timer = setTimeout(() => {
      void navigate({
        to: "/catalog",
        search: ({ state }: { readonly state?: string }) => ({
          ...(state === undefined ? {} : { state }),
          ...(text === "" ? {} : { selection: text }),
        }),
        replace: true,
      })
    }, typingMs)
    return () => clearTimeout(timer)
  }, [text, selection, navigate])
  useKeys({ "/": () => field.current?.focus() })
  const isFaulty = problems.length > 0
  return (
    <>
      <div className={classes["search"]} data-faulty={isFaulty}>
        <Icon name="search" />
        <input
          ref={field}
          value={text}
          aria-label="Selection of assets"
          aria-invalid={isFaulty}
          aria-describedby={isFaulty ? "selection-problems" : undefined}
          placeholder="name, +name, name+, group:movies, status:stale, stale:code, tag:…"
          spellCheck={false}
          onChange={({ target }) => setText(target.value)}
          onKeyDown={({ key }) => key === "Escape" && setText("")}
        />
        <Key>/</Key>
      </div>
      {isFaulty ? (
        <div id="selection-problems" role="alert" className="stack" data-state="failed">
          {problems.map(({ message, hint }) => (
            <p key={message} style={{ color: "var(--failed)" }}>
              <Message text={message} />{" "}
              <span className="quiet">
                <Message text={hint ?? ""} /> The table keeps the last valid selection.
              </span>
            </p>
          ))}
        </div>
      ) : null}
    </>
  )
}

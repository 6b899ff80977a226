import { type ReactNode, useEffect, useId, useRef } from "react"

import classes from "./dialog.module.css"

interface DialogProps {
  readonly title: string
  readonly subtitle?: ReactNode
  readonly isNarrow?: boolean
  readonly footer?: ReactNode
  readonly onClose: () => void
  readonly children: ReactNode
}

/** A dialog over the page. Escape and a click beside it close it, and the focus returns to where it was. */
export function Dialog({
  title,
  subtitle,
  isNarrow = false,
  footer,
  onClose,
  children,
}: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  const titleId = useId()
  useEffect(() => {
    const opener = document.activeElement
    dialog.current?.showModal()
    const target = dialog.current?.querySelector<HTMLElement>("[data-autofocus]")
    ;(target ?? dialog.current)?.focus()
    return () => {
      if (opener instanceof HTMLElement) opener.focus()
    }
  }, [])
  return (
    <dialog
      ref={dialog}
      tabIndex={-1}
      className={`${classes["dialog"]} ${isNarrow ? classes["narrow"] : ""}`}
      aria-labelledby={titleId}
      onClose={onClose}
      onMouseDown={({ target }) => {
        if (target === dialog.current) onClose()
      }}
    >
      <header className={classes["head"]}>
        <h2 id={titleId}>{title}</h2>
        {subtitle === undefined ? null : <p className="quiet">{subtitle}</p>}
      </header>
      <div className={classes["body"]} tabIndex={0} role="group" aria-labelledby={titleId}>
        {children}
      </div>
      {footer === undefined ? null : <footer className={classes["foot"]}>{footer}</footer>}
    </dialog>
  )
}

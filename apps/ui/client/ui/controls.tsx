import type { ButtonHTMLAttributes, ReactNode, Ref } from "react"
import { useEffect, useState } from "react"

import { Icon } from "./icons.tsx"

import classes from "./controls.module.css"

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly look?: "normal" | "primary" | "plain" | "danger"
  readonly ref?: Ref<HTMLButtonElement>
}

/** Returns the class of a button, for links that look like one. */
export function getButtonClass(look: ButtonProps["look"] = "normal"): string {
  return `${classes["button"]} ${look === "normal" ? "" : classes[look]}`
}

/** A button. At most one on a page is primary, and its text says what and how much. */
export function Button({ look, ...attributes }: ButtonProps) {
  return <button type="button" className={getButtonClass(look)} {...attributes} />
}

/** The name of a key. */
export function Key({ children }: { readonly children: ReactNode }) {
  return <kbd className={classes["kbd"]}>{children}</kbd>
}

/** A control with its label. */
export function Field({
  label,
  children,
}: {
  readonly label: string
  readonly children: ReactNode
}) {
  return (
    <label className={classes["field"]}>
      {label}
      {children}
    </label>
  )
}

export const inputClass = classes["input"]

/** A checkbox or a radio button with its text. */
export function Choice({
  children,
  ...input
}: {
  readonly type: "checkbox" | "radio"
  readonly name?: string
  readonly checked: boolean
  readonly onChange: () => void
  readonly children: ReactNode
}) {
  return (
    <label className={classes["choice"]}>
      <input {...input} />
      {children}
    </label>
  )
}

const confirmationMs = 1500

/** A command line that a click copies. */
export function CommandText({ command }: { readonly command: string }) {
  const [isCopied, setIsCopied] = useState(false)
  useEffect(() => {
    if (!isCopied) return
    const timer = setTimeout(() => setIsCopied(false), confirmationMs)
    return () => clearTimeout(timer)
  }, [isCopied])
  const copy = () => void navigator.clipboard.writeText(command).then(() => setIsCopied(true))
  return (
    <button type="button" className={classes["cli"]} onClick={copy} title="Copy the command">
      <Icon name="copy" />
      <span>{isCopied ? "Copied" : command}</span>
    </button>
  )
}

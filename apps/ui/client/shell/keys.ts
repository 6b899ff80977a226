import { useEffect, useRef } from "react"

/** Key → action: `j`, `?`, `Escape`; `mod+k` is Ctrl or Command; `g t` is one key after the other. */
export type KeyBindings = Readonly<Record<string, () => void>>

const sequenceMs = 1000
let prefix: { readonly key: string; readonly atMs: number } | undefined

/** Listens to keys while the component is shown; keys typed into a field are ignored. */
export function useKeys(bindings: KeyBindings): void {
  const latest = useRef(bindings)
  latest.current = bindings
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const action = findAction(latest.current, event)
      if (action === undefined) return
      event.preventDefault()
      action()
    }
    addEventListener("keydown", listen)
    return () => removeEventListener("keydown", listen)
  }, [])
}

function findAction(bindings: KeyBindings, event: KeyboardEvent): (() => void) | undefined {
  if (event.defaultPrevented || event.altKey) return undefined
  const { key } = event
  if (event.metaKey || event.ctrlKey) return bindings[`mod+${key}`]
  if (isTyping(event.target) || isActivation(event)) return undefined
  if (document.querySelector("dialog[open]") !== null) return undefined
  const sequence =
    prefix !== undefined && Date.now() - prefix.atMs < sequenceMs ? `${prefix.key} ${key}` : ""
  const sequenceAction = bindings[sequence]
  if (sequenceAction !== undefined) prefix = undefined
  else if (key === "g") prefix = { key, atMs: Date.now() }
  const isSecond = sequence !== "" && prefix !== undefined && key !== "g"
  return sequenceAction ?? (isSecond ? undefined : bindings[key])
}

/** Enter activates the focused button or link; on a card of the graph it is a key of the page. */
function isActivation({ key, target }: KeyboardEvent): boolean {
  const isControl =
    target instanceof Element && target.closest("a, summary, button:not([data-card])") !== null
  return key === "Enter" && isControl
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target instanceof HTMLInputElement)
    return target.type !== "checkbox" && target.type !== "radio"
  return target.isContentEditable || ["TEXTAREA", "SELECT"].includes(target.tagName)
}

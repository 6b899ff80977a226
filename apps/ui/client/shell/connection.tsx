import { useEffect, useState } from "react"

import { useLive } from "../api/live.ts"
import { formatAge, formatTime } from "../format.ts"
import { Key } from "../ui/controls.tsx"

import classes from "./shell.module.css"

/** Returns the current time, and renders again after each interval. */
export function useNow(intervalMs: number): number {
  const [nowMs, setNowMs] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), intervalMs)
    return () => clearInterval(timer)
  }, [intervalMs])
  return nowMs
}

/** Says that the page may be outdated, and what continues without it. */
export function ConnectionBanner() {
  const { connection, ledgerFault, lastMessageMs } = useLive()
  const nowMs = useNow(1000)
  if (connection === "lost")
    return (
      <div className={classes["banner"]} role="status">
        <p>The connection to the server is lost.</p>
        <p className="quiet">
          This page was read {formatAge(new Date(lastMessageMs).toISOString(), nowMs)}. It connects
          again by itself. Runs of other processes continue.
        </p>
      </div>
    )
  if (ledgerFault === undefined) return null
  return (
    <div className={classes["banner"]} role="status">
      <p>The database cannot be read.</p>
      <p className="quiet">{ledgerFault} The page reads again by itself.</p>
    </div>
  )
}

/** The line at the foot of the page: the connection, the time, the keys. */
export function LiveLine({ onHelp }: { readonly onHelp: () => void }) {
  const { connection, lastMessageMs } = useLive()
  const nowMs = useNow(1000)
  const words = { connecting: "connecting", live: "live", lost: "reconnecting…" }[connection]
  const time = new Date(nowMs).toISOString()
  return (
    <footer className={classes["live"]}>
      <span>
        <span className={classes["dot"]} data-connection={connection} />
        {words} · updated {formatAge(new Date(lastMessageMs).toISOString(), nowMs)}
      </span>
      <span className="wide-only">{formatTime(time, "")}</span>
      <span className="push">
        <Key>t</Key> theme
      </span>
      <button type="button" onClick={onHelp} style={{ border: 0, background: "none", padding: 0 }}>
        <Key>?</Key> keys
      </button>
    </footer>
  )
}

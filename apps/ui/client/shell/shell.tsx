import { Link, Outlet, useNavigate, useRouterState } from "@tanstack/react-router"
import { Suspense, useState } from "react"

import type { StatusDocument } from "../api/documents.ts"
import { useDocument, useSession } from "../api/use-document.ts"
import { formatAssetCounts } from "../format.ts"
import { Key } from "../ui/controls.tsx"
import { Icon } from "../ui/icons.tsx"
import { Skeleton } from "../ui/layout.tsx"
import { ConnectionBanner, LiveLine } from "./connection.tsx"
import { KeyHelp } from "./key-help.tsx"
import { useKeys } from "./keys.ts"
import { type NavigationEntry, navigationEntries } from "./navigation-entries.ts"
import { Palette } from "./palette.tsx"
import { toggleTheme } from "./theme.ts"

import classes from "./shell.module.css"

/** The frame of every page. */
export function Shell() {
  const [overlay, setOverlay] = useState<"palette" | "keys" | undefined>()
  const path = useRouterState({ select: ({ location }) => location.pathname })
  useGlobalKeys(setOverlay)
  const isLineage = path === "/lineage"
  const close = () => setOverlay(undefined)
  return (
    <div className={`${classes["shell"]} ${isLineage ? classes["rail"] : ""}`}>
      <a className={classes["skip"]} href="#main">
        Skip to content
      </a>
      <Navigation path={path} onSearch={() => setOverlay("palette")} />
      <main id="main" className={`${classes["main"]} ${isLineage ? classes["flush"] : ""}`}>
        <ConnectionBanner />
        <Suspense fallback={<Skeleton />}>
          <Outlet />
        </Suspense>
      </main>
      <LiveLine onHelp={() => setOverlay("keys")} />
      {overlay === "palette" ? <Palette onClose={close} /> : null}
      {overlay === "keys" ? <KeyHelp onClose={close} /> : null}
    </div>
  )
}

function useGlobalKeys(setOverlay: (overlay: "palette" | "keys") => void): void {
  const navigate = useNavigate()
  const open = (to: NavigationEntry["to"]) => () => void navigate({ to })
  useKeys({
    "mod+k": () => setOverlay("palette"),
    "?": () => setOverlay("keys"),
    t: toggleTheme,
    "g t": open("/"),
    "g c": open("/catalog"),
    "g l": open("/lineage"),
    "g r": open("/runs"),
    "g s": open("/schedules"),
  })
}

function Navigation({ path, onSearch }: { readonly path: string; readonly onSearch: () => void }) {
  const { data: status } = useDocument<StatusDocument>("/api/status")
  const session = useSession()
  const products = productEntries.filter((entry) => isListed(entry, status))
  return (
    <nav className={classes["nav"]} aria-label="Main">
      <Link to="/" className={classes["brand"]} aria-label={formatBrand(status)}>
        <Icon name="brand" size={18} />
        <span className={classes["label"]}>Freshet</span>
        {status === undefined || status.profile === null ? null : (
          <span className={classes["profile"]} title="Profile of the configuration">
            {status.profile}
          </span>
        )}
      </Link>
      {session === undefined || session.environment === null ? null : (
        <p className={classes["environment"]} title={`Environment ${session.environment}`}>
          {session.environment}
        </p>
      )}
      <button type="button" className={classes["find"]} onClick={onSearch} aria-label="Search">
        <Icon name="search" />
        <span className={classes["label"]}>Search</span>
        <span className="push not-narrow">
          <Key>⌘K</Key>
        </span>
      </button>
      {projectEntries.map((entry) => (
        <NavigationLink key={entry.to} entry={entry} path={path} status={status} />
      ))}
      {products.length === 0 ? null : <h2 className={classes["products"]}>Data products</h2>}
      {products.map((entry) => (
        <NavigationLink key={entry.to} entry={entry} path={path} status={status} />
      ))}
      <div className={classes["foot"]}>
        {status === undefined ? null : <span>{formatAssetCounts(status.assets)}</span>}
        {session?.role === "viewer" ? <span>read-only</span> : null}
      </div>
    </nav>
  )
}

function formatBrand(status: StatusDocument | undefined): string {
  return status === undefined || status.profile === null ? "Freshet" : `Freshet, ${status.profile}`
}

const projectEntries = navigationEntries.filter(({ asset }) => asset === undefined)
const productEntries = navigationEntries.filter(({ asset }) => asset !== undefined)

function isListed({ asset }: NavigationEntry, status: StatusDocument | undefined): boolean {
  return asset === undefined || status?.assets.some(({ name }) => name === asset) === true
}

function NavigationLink({
  entry: { to, icon, label, narrowLabel, isSecondary = false },
  path,
  status,
}: {
  readonly entry: NavigationEntry
  readonly path: string
  readonly status: StatusDocument | undefined
}) {
  const isCurrent = path === to || (to === "/catalog" && path.startsWith("/assets/"))
  const current = isCurrent || (to === "/runs" && path.startsWith("/runs/")) ? "page" : undefined
  return (
    <Link
      to={to}
      className={`${classes["link"]} ${isSecondary ? classes["secondary"] : ""}`}
      aria-current={current}
      title={label}
    >
      <Icon name={icon} />
      <span className={`${classes["label"]} ${narrowLabel === undefined ? "" : "not-narrow"}`}>
        {label}
      </span>
      {narrowLabel === undefined ? null : (
        <span className={classes["short"]} aria-hidden="true">
          {narrowLabel}
        </span>
      )}
      {status === undefined ? null : <NavigationCount to={to} status={status} />}
    </Link>
  )
}

function NavigationCount({
  to,
  status: { summary, assets },
}: {
  readonly to: NavigationEntry["to"]
  readonly status: StatusDocument
}) {
  if (to === "/catalog") return <span className={classes["count"]}>{assets.length}</span>
  const troubled = summary.assets - summary.fresh
  if (to !== "/" || troubled === 0) return null
  return (
    <span className={`${classes["count"]} ${classes["bad"]}`} aria-label={`${troubled} not fresh`}>
      {troubled}
    </span>
  )
}

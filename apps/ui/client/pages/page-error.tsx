import { Link } from "@tanstack/react-router"

import { toProblems } from "../api/fetch-document.ts"
import { Empty, Problems } from "../ui/layout.tsx"

/** A page that failed. */
export function PageError({ error }: { readonly error: unknown }) {
  return (
    <Empty isPage title="This view cannot be shown.">
      <Problems problems={toProblems(error)} />
    </Empty>
  )
}

/** An address without a page. */
export function NotFoundPage() {
  return (
    <Empty isPage title="No page is at this address.">
      <p className="quiet">
        <Link to="/" className="link">
          Today
        </Link>{" "}
        is the first page.
      </p>
    </Empty>
  )
}

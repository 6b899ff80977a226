import "./ui/tokens.css"
import "./ui/base.css"
import "./ui/state.css"
import { QueryClientProvider } from "@tanstack/react-query"
import { RouterProvider } from "@tanstack/react-router"
import { StrictMode } from "react"
import { createRoot } from "react-dom/client"

import type { RequestDocument } from "./api/documents.ts"
import { fetchDocument } from "./api/fetch-document.ts"
import { connectEvents, type LiveOptions, readFirstEventId } from "./api/live.ts"
import { queryClient } from "./api/use-document.ts"
import { router } from "./router.tsx"
import { throttle } from "./throttle.ts"

/** The shortest time between two readings of all documents, while a run changes the ledger all the time. */
const refreshMs = 600

const liveOptions: LiveOptions = {
  onProjectChanged: throttle(() => void queryClient.invalidateQueries(), refreshMs),
  readRequests: async () => {
    const { requests } = await fetchDocument<{ readonly requests: readonly RequestDocument[] }>(
      "/api/requests",
    )
    return requests
  },
}
connectEvents(liveOptions, readFirstEventId())

const root = document.querySelector("#root")
if (root !== null)
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </StrictMode>,
  )

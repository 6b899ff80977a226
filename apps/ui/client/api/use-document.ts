import { keepPreviousData, QueryClient, useQueries, useQuery } from "@tanstack/react-query"

import type { PageQueryDocument, SessionDocument } from "./documents.ts"
import { fetchDocument } from "./fetch-document.ts"

const minuteMs = 60_000

/** The cache of documents. Events of the server say when they change; the clock alone changes what is overdue. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: Infinity,
      gcTime: 5 * minuteMs,
      refetchInterval: minuteMs,
      refetchOnWindowFocus: false,
      retry: 1,
      placeholderData: keepPreviousData,
    },
  },
})

function createQuery<T>(path: string) {
  return {
    queryKey: [path],
    queryFn: ({ signal }: { readonly signal: AbortSignal }) => fetchDocument<T>(path, signal),
  }
}

/** Begins to read documents that a page will need, before its code has arrived. */
export function prefetchDocuments(...paths: readonly string[]): void {
  for (const path of paths) void queryClient.prefetchQuery(createQuery(path))
}

/** Reads a document, and again after each change of the project. */
export function useDocument<T>(
  path: string,
  { enabled = true }: { readonly enabled?: boolean } = {},
) {
  return useQuery({ ...createQuery<T>(path), enabled })
}

/** Reads several documents of one kind. */
export function useDocuments<T>(paths: readonly string[]) {
  return useQueries({ queries: paths.map((path) => createQuery<T>(path)) }).map(({ data }) => data)
}

/** Reads the rows of page queries for one partition and the same values of their parameters; they arrive together. */
export function usePageQueries<const N extends readonly string[]>(
  names: N,
  values: Readonly<Record<string, string | undefined>> = {},
) {
  const paths = names.map((name) => formatPath(`/api/queries/${name}`, values))
  return useQuery({
    queryKey: paths,
    queryFn: async ({ signal }) => {
      const documents = await Promise.all(
        paths.map((path) => fetchDocument<PageQueryDocument>(path, signal)),
      )
      return documents as { readonly [K in keyof N]: PageQueryDocument } // one for each name
    },
  })
}

/** Reads the rights of the visitor. */
export function useSession(): SessionDocument | undefined {
  return useDocument<SessionDocument>("/api/session").data
}

/** Formats the address of a document, with the parameters that have a value. */
export function formatPath(
  path: string,
  parameters: Readonly<Record<string, string | number | undefined>> = {},
): string {
  const entries = Object.entries(parameters).flatMap(([name, value]) =>
    value === undefined || value === "" ? [] : [[name, String(value)]],
  )
  return entries.length === 0 ? path : `${path}?${new URLSearchParams(entries).toString()}`
}

/** Formats the address of a document of one asset. */
export function formatAssetPath(asset: string, part = ""): string {
  return `/api/assets/${encodeURIComponent(asset)}${part}`
}

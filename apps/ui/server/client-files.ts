import { readFile } from "node:fs/promises"
import { extname, join, normalize, sep } from "node:path"

import type { Context } from "hono"

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".json": "application/json",
}

/** The folder of the built client, and the id of the newest event. */
export interface ClientOptions {
  readonly folder: string
  readonly getLastEventId: () => string
}

/** Answers with a file of the built client; any other path is a view of the page, which listens to events from this moment on. */
export async function serveClientFile(
  context: Context,
  { folder, getLastEventId }: ClientOptions,
): Promise<Response> {
  const path = normalize(join(folder, decodePath(context.req.path)))
  const isInside = path.startsWith(folder + sep)
  const type = types[extname(path)]
  const file =
    isInside && type !== undefined ? await readFile(path).catch(() => undefined) : undefined
  if (file !== undefined && type !== undefined)
    return context.body(new Uint8Array(file), 200, {
      "content-type": type,
      "cache-control": path.includes(`${sep}files${sep}`)
        ? "public, max-age=31536000, immutable"
        : "no-cache",
    })
  if (context.req.path.startsWith("/files/")) return context.notFound()
  const eventId = getLastEventId()
  const page = await readFile(join(folder, "index.html"), "utf8")
  const content = page.replace('content=""', `content="${eventId}"`)
  return context.html(content, 200, { "cache-control": "no-cache" })
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

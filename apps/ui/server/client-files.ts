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

/** Answers with a file of the built client; any other path is a view of the page. */
export async function serveClientFile(context: Context, folder: string): Promise<Response> {
  const path = normalize(join(folder, decodePath(context.req.path)))
  const isInside = path.startsWith(folder + sep)
  const type = types[extname(path)]
  const content =
    isInside && type !== undefined ? await readFile(path).catch(() => undefined) : undefined
  if (content !== undefined && type !== undefined)
    return context.body(new Uint8Array(content), 200, {
      "content-type": type,
      "cache-control": path.includes(`${sep}files${sep}`)
        ? "public, max-age=31536000, immutable"
        : "no-cache",
    })
  if (context.req.path.startsWith("/files/")) return context.notFound()
  const page = await readFile(join(folder, "index.html"), "utf8")
  return context.html(page, 200, { "cache-control": "no-cache" })
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

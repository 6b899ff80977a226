import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"

import { FreshetError } from "@freshet/core/engine"
import { getRequestListener } from "@hono/node-server"
import type { Hono } from "hono"

/** An HTTP server that accepts connections. */
export interface HttpServer {
  readonly url: string
  readonly close: () => Promise<void>
}

/** Serves an application over HTTP. An address in use is a FreshetError "usage". */
export async function startHttpServer(
  app: Hono,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<HttpServer> {
  const answer = getRequestListener(app.fetch)
  const server = createServer((request, response) => void answer(request, response))
  await listen(server, host, port)
  const address = server.address() as AddressInfo // a server that listens on a port has one
  const hostText = address.family === "IPv6" ? `[${address.address}]` : address.address
  return {
    url: `http://${hostText}:${address.port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause) => {
      const message = `HTTP cannot be served on ${host}:${port}: ${cause.message}`
      const hint = "Choose another --port or --host."
      reject(new FreshetError("usage", message, { cause, hint }))
    })
    server.listen(port, host, () => resolve())
  })
}

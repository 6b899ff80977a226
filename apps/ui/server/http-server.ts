import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"

import { FreshetError } from "@freshet/core/engine"
import { getRequestListener } from "@hono/node-server"

/** An HTTP server that accepts connections. */
export interface HttpServer {
  readonly url: string
  readonly close: () => Promise<void>
}

/** An address to listen on. */
export interface HttpAddress {
  readonly host: string
  /** 0: any free port. A list: the first that no other program uses. */
  readonly port: number | readonly number[]
}

/** Serves an application over HTTP. An address in use is a FreshetError "usage". */
export async function startHttpServer(
  fetch: (request: Request) => Response | Promise<Response>,
  { host, port }: HttpAddress,
): Promise<HttpServer> {
  const answer = getRequestListener(fetch)
  const server = createServer((request, response) => void answer(request, response))
  await listenOnFirst(server, host, [port].flat())
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

async function listenOnFirst(server: Server, host: string, ports: readonly number[]) {
  const [port = 0, ...laterPorts] = ports
  try {
    await listen(server, host, port)
  } catch (cause) {
    const { code, message: reason } = cause as NodeJS.ErrnoException // as errors of sockets have
    if (code === "EADDRINUSE" && laterPorts.length > 0)
      return listenOnFirst(server, host, laterPorts)
    const message = `HTTP cannot be served on ${host}:${port}: ${reason}`
    throw new FreshetError("usage", message, { cause, hint: "Choose another --port or --host." })
  }
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject)
    server.listen(port, host, () => {
      server.off("error", reject)
      resolve()
    })
  })
}

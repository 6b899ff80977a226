import { connect, createServer, type Socket } from "node:net"

import { parseAddress } from "../end-to-end/cut-connections.ts"
import type { DeclaredProject } from "../end-to-end/declared-project.ts"
import { withEnvironment } from "../end-to-end/test-project.ts"

/** The loss of a connection: the server does not receive a request, or the client does not receive its answer. */
export type ConnectionFault = "lost_request" | "lost_answer"

/** Counts the requests that were sent, up to the fault. */
interface ProxiedWork<T> {
  readonly result: T
  readonly requests: number
}

/** Runs `work` over a proxy before the database that cuts the connection of the N-th request; later connections are passed on. */
export async function withConnectionFault<T>(
  project: DeclaredProject,
  { kind, request }: { readonly kind: ConnectionFault; readonly request: number },
  work: (project: DeclaredProject) => Promise<T>,
): Promise<ProxiedWork<T>> {
  const { DATABASE_URL: url = "" } = project.environment
  const sockets: Socket[] = []
  let requests = 0
  const server = createServer((client) => {
    const upstream = connect(parseAddress(url))
    sockets.push(client, upstream)
    let isCut = false
    client.on("data", (bytes) => {
      requests += 1
      isCut ||= requests === request
      if (isCut && kind === "lost_request") client.destroy()
      else upstream.write(bytes)
    })
    upstream.on("data", (bytes) => (isCut ? client.destroy() : client.write(bytes)))
    upstream.on("error", () => undefined).on("close", () => client.destroy())
    client.on("error", () => undefined).on("close", () => upstream.end())
  })
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening))
  try {
    const proxied = withEnvironment(project, { DATABASE_URL: toProxyUrl(url, server.address()) })
    return { result: await work(proxied), requests }
  } finally {
    for (const socket of sockets) socket.destroy()
    await new Promise((closed) => server.close(closed))
  }
}

function toProxyUrl(
  url: string,
  address: ReturnType<ReturnType<typeof createServer>["address"]>,
): string {
  if (address === null || typeof address === "string") throw new TypeError("no port")
  const proxyUrl = new URL(url)
  proxyUrl.searchParams.set("host", "127.0.0.1")
  proxyUrl.searchParams.set("port", String(address.port))
  return proxyUrl.href
}

import { connect, createServer, type Socket } from "node:net"
import { join } from "node:path"

/** A PostgreSQL server that loses connections. */
export interface UnreliableServer {
  readonly url: string
  /** How many connections it has lost. */
  readonly countCuts: () => number
  readonly close: () => Promise<void>
}

/** Stands before the server at `url` and cuts the first connections that send this text. */
export async function openUnreliableServer(
  url: string,
  { text, cuts }: { readonly text: string; readonly cuts: number },
): Promise<UnreliableServer> {
  const sockets: Socket[] = []
  let cutCount = 0
  const server = createServer((client) => {
    const upstream = connect(parseAddress(url))
    sockets.push(client, upstream)
    client.on("data", (bytes) => {
      if (cutCount >= cuts || !bytes.includes(text)) return void upstream.write(bytes)
      cutCount += 1
      client.destroy()
    })
    upstream.on("data", (bytes) => client.write(bytes))
    upstream.on("error", () => undefined).on("close", () => client.destroy())
    client.on("error", () => undefined).on("close", () => upstream.destroy())
  })
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening))
  const address = server.address()
  if (address === null || typeof address === "string") throw new TypeError("no port")
  const proxyUrl = new URL(url)
  proxyUrl.searchParams.set("host", "127.0.0.1")
  proxyUrl.searchParams.set("port", String(address.port))
  return {
    url: proxyUrl.href,
    countCuts: () => cutCount,
    close: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((closed) => server.close(closed))
    },
  }
}

/** The server's Unix socket, if the URL names its folder. */
export function parseAddress(url: string): { path: string } | { host: string; port: number } {
  const { hostname, port, searchParams } = new URL(url)
  const host = searchParams.get("host") ?? decodeURIComponent(hostname)
  const number = Number(searchParams.get("port") ?? (port === "" ? 5432 : port))
  if (host.startsWith("/")) return { path: join(host, `.s.PGSQL.${number}`) }
  return { host, port: number }
}

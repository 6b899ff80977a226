import { connect, createServer, type Socket } from "node:net"
import { join } from "node:path"

/**
 * Where the connection is cut: the server never hears the COMMIT, or the client never hears its answer,
 * or the server hears the COMMIT only while another connection already waits for the outcome.
 */
export type CommitCut = "before_commit" | "after_commit" | "late_commit"

/** A PostgreSQL server whose first COMMIT is lost; everything after it goes through. */
export interface CommitProxy {
  readonly url: string
  readonly close: () => Promise<void>
}

/** Stands before the server at `url`. */
export async function openCommitProxy(url: string, cut: CommitCut): Promise<CommitProxy> {
  const sockets: Socket[] = []
  let isCut = false
  let sendLate = () => {}
  const server = createServer((client) => {
    const upstream = connect(parseAddress(url))
    sockets.push(client, upstream)
    let isMuted = false
    client.on("data", (bytes) => {
      if (isCut || !bytes.includes("commit\0")) {
        upstream.write(bytes)
        if (bytes.includes("pg_advisory_lock")) sendLate()
        return
      }
      isCut = true
      isMuted = true
      if (cut === "late_commit") sendLate = () => void upstream.write(bytes)
      if (cut === "after_commit") upstream.write(bytes)
      else client.destroy()
    })
    upstream.on("data", (bytes) => (isMuted ? client.destroy() : client.write(bytes)))
    upstream.on("error", () => undefined).on("close", () => client.destroy())
    client
      .on("error", () => undefined)
      .on("close", () => {
        if (!isMuted || cut !== "late_commit") upstream.destroy()
      })
  })
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening))
  return {
    url: buildProxyUrl(url, server.address()),
    close: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((closed) => server.close(closed))
    },
  }
}

/** Finds the server's address: its Unix socket if the URL names the folder. */
export function parseAddress(url: string): { path: string } | { host: string; port: number } {
  const { hostname, port, searchParams } = new URL(url)
  const host = searchParams.get("host") ?? decodeURIComponent(hostname)
  const number = Number(searchParams.get("port") ?? (port === "" ? 5432 : port))
  if (host.startsWith("/")) return { path: join(host, `.s.PGSQL.${number}`) }
  return { host, port: number }
}

function buildProxyUrl(
  url: string,
  address: ReturnType<ReturnType<typeof createServer>["address"]>,
) {
  if (address === null || typeof address === "string") throw new TypeError("no port")
  const through = new URL(url)
  through.searchParams.set("host", "127.0.0.1")
  through.searchParams.set("port", String(address.port))
  return through.href
}

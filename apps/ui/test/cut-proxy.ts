import { type AddressInfo, connect, createServer, type Socket } from "node:net"

/** Forwards connections to a server, and cuts them. */
export interface CutProxy {
  /** The address for the browser. */
  readonly address: string
  /** Ends all connections at once, as a network does that fails; later ones are refused until `restore`. */
  readonly cut: () => void
  readonly restore: () => void
}

/** Runs `work` with a proxy before a server. */
export async function withCutProxy(
  address: string,
  work: (proxy: CutProxy) => Promise<void>,
): Promise<void> {
  const target = Number(new URL(address).port)
  const sockets = new Set<Socket>()
  let isCut = false
  const server = createServer((socket) => {
    if (isCut) return void socket.destroy()
    const upstream = connect(target, "127.0.0.1")
    for (const end of [socket, upstream]) {
      sockets.add(end)
      end.on("error", () => {})
      end.on("close", () => sockets.delete(end))
    }
    socket.pipe(upstream).pipe(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as AddressInfo // a server that listens on a port has one
  const endAll = () => {
    for (const socket of sockets) socket.destroy()
  }
  try {
    await work({
      address: `http://127.0.0.1:${port}`,
      cut: () => {
        isCut = true
        endAll()
      },
      restore: () => (isCut = false),
    })
  } finally {
    endAll()
    await new Promise((resolve) => server.close(resolve))
  }
}

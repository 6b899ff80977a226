import { randomBytes } from "node:crypto"
import { once } from "node:events"
import { createServer, type Socket } from "node:net"
import { join } from "node:path"

/** What a keeper tells a command that wants the server. */
export type KeeperAnswer =
  | { readonly kind: "up"; readonly url: string }
  | { readonly kind: "failed"; readonly message: string; readonly hint: string | undefined }

/** What a command says to be counted; a connection that says nothing only asks whether the keeper lives. */
export const holdRequest = "hold\n"

/** The keeper's socket and the commands that hold the server through it, for as long as they live. */
export type KeeperDoor = {
  readonly socketPath: string
  readonly holderCount: () => number
  readonly answer: (answer: KeeperAnswer) => Promise<void>
  readonly wake: () => void
  readonly nextChange: (longestMs: number) => Promise<void>
  readonly close: () => void
}

/** Listens on a socket of its own; commands find it once its path is published. */
export async function openKeeperDoor(socketFolder: string): Promise<KeeperDoor> {
  const holders = new Set<Socket>()
  const waiting = new Set<Socket>()
  const bell = makeBell()
  const listener = createServer((socket) => {
    socket.on("error", () => socket.destroy())
    socket.once("data", () => {
      holders.add(socket)
      waiting.add(socket)
      bell.ring()
    })
    socket.once("close", () => {
      waiting.delete(socket)
      if (holders.delete(socket)) bell.ring()
    })
  })
  const socketPath = join(socketFolder, `k-${randomBytes(4).toString("hex")}`)
  await once(listener.listen(socketPath), "listening")
  return {
    socketPath,
    holderCount: () => holders.size,
    answer: async (answer) => {
      const asked = [...waiting]
      waiting.clear()
      await Promise.all(asked.map((socket) => writeLine(socket, JSON.stringify(answer))))
    },
    wake: bell.ring,
    nextChange: bell.heard,
    close: () => listener.close(),
  }
}

function writeLine(socket: Socket, line: string): Promise<void> {
  return new Promise((done) => socket.write(`${line}\n`, () => done()))
}

/** A bell rung while nobody listens is heard by the next who does. */
function makeBell() {
  let isRung = false
  let hear: (() => void) | undefined
  return {
    ring: () => {
      isRung = true
      hear?.()
    },
    heard: (longestMs: number) =>
      new Promise<void>((resolve) => {
        const done = () => {
          clearTimeout(timer)
          hear = undefined
          isRung = false
          resolve()
        }
        const timer = setTimeout(done, longestMs)
        hear = done
        if (isRung) done()
      }),
  }
}

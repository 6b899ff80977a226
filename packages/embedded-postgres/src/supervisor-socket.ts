import { randomBytes } from "node:crypto"
import { once } from "node:events"
import { createServer, type Socket } from "node:net"
import { join } from "node:path"

/** The answer of a supervisor to a command that needs the server. */
export type SupervisorAnswer =
  | { readonly kind: "up"; readonly url: string }
  | { readonly kind: "failed"; readonly message: string; readonly hint: string | undefined }

/** The request of a command that uses the server. A connection without a request only tests if the supervisor is alive. */
export const connectRequest = "hold\n"

/** The supervisor's socket, and the leases of living commands. */
export type SupervisorSocket = {
  readonly socketPath: string
  readonly clientCount: () => number
  readonly answerClients: (answer: SupervisorAnswer) => Promise<void>
  readonly notify: () => void
  readonly waitForChange: (longestMs: number) => Promise<void>
  readonly close: () => void
}

/** Listens on a new socket, which commands find after its path is published. */
export async function openSupervisorSocket(socketFolder: string): Promise<SupervisorSocket> {
  const clients = new Set<Socket>()
  const waitingClients = new Set<Socket>()
  const changeSignal = createChangeSignal()
  const listener = createServer((socket) => {
    socket.on("error", () => socket.destroy())
    socket.once("data", () => {
      clients.add(socket)
      waitingClients.add(socket)
      changeSignal.notify()
    })
    socket.once("close", () => {
      waitingClients.delete(socket)
      if (clients.delete(socket)) changeSignal.notify()
    })
  })
  const socketPath = join(socketFolder, `k-${randomBytes(4).toString("hex")}`)
  await once(listener.listen(socketPath), "listening")
  return {
    socketPath,
    clientCount: () => clients.size,
    answerClients: async (answer) => {
      const answeredClients = [...waitingClients]
      waitingClients.clear()
      await Promise.all(answeredClients.map((socket) => writeLine(socket, JSON.stringify(answer))))
    },
    notify: changeSignal.notify,
    waitForChange: changeSignal.wait,
    close: () => listener.close(),
  }
}

function writeLine(socket: Socket, line: string): Promise<void> {
  return new Promise((resolve) => socket.write(`${line}\n`, () => resolve()))
}

/** Keeps a signal without listeners for the next listener. */
function createChangeSignal() {
  let isSet = false
  let wakeWaiter: (() => void) | undefined
  return {
    notify: () => {
      isSet = true
      wakeWaiter?.()
    },
    wait: (longestMs: number) =>
      new Promise<void>((resolve) => {
        const finish = () => {
          clearTimeout(timer)
          wakeWaiter = undefined
          isSet = false
          resolve()
        }
        const timer = setTimeout(finish, longestMs)
        wakeWaiter = finish
        if (isSet) finish()
      }),
  }
}

import { connect } from "node:net"

import { FreshetError } from "@freshet/core/engine"

/** Tests if a process listens on the socket now. The socket file of a dead process does not count. */
export function isListening(socketPath: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect(socketPath)
    socket.once("connect", () => {
      socket.destroy()
      resolve(true)
    })
    socket.once("error", (cause: NodeJS.ErrnoException) => {
      if (isNotListening(cause)) resolve(false)
      // Linux refuses a connection this way while the listener's queue is full.
      else if (cause.code === "EAGAIN") resolve(true)
      else if (isHangUp(cause)) resolve(isListening(socketPath))
      else reject(createUnreachableError(socketPath, cause))
    })
  })
}

/** Tests if a connection failed because no process listens. */
export function isNotListening(cause: NodeJS.ErrnoException): boolean {
  return ["ECONNREFUSED", "ENOENT", "ENOTSOCK"].includes(cause.code ?? "")
}

/** Tests if the peer closed the connection during the exchange. */
export function isHangUp(cause: NodeJS.ErrnoException): boolean {
  return ["ECONNRESET", "EPIPE", "ENOTCONN"].includes(cause.code ?? "")
}

/** Builds the error of a socket that exists but denies access. */
export function createUnreachableError(socketPath: string, cause: Error): FreshetError {
  return new FreshetError("postgres", `Cannot connect to ${socketPath}.`, {
    cause,
    hint: "If the state folder belongs to another user, run as that user or set FRESHET_HOME.",
  })
}

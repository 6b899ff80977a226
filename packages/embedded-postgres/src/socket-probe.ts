import { connect } from "node:net"

import { FreshetError } from "@freshet/core/engine"

/** Whether some process listens on the socket now; a file left behind by a dead one does not count. */
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

/** Whether connecting failed because nobody listens. */
export function isNotListening(cause: NodeJS.ErrnoException): boolean {
  return ["ECONNREFUSED", "ENOENT", "ENOTSOCK"].includes(cause.code ?? "")
}

/** Whether whoever listened left while we were connecting or talking. */
export function isHangUp(cause: NodeJS.ErrnoException): boolean {
  return ["ECONNRESET", "EPIPE", "ENOTCONN"].includes(cause.code ?? "")
}

/** The error for a socket that is there but not for us. */
export function createUnreachableError(socketPath: string, cause: Error): FreshetError {
  return new FreshetError("postgres", `Cannot connect to ${socketPath}.`, {
    cause,
    hint: "If the state folder belongs to another user, run as that user or set FRESHET_HOME.",
  })
}

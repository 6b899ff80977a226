import {
  createServer as createHttpServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http"
import {
  createServer as createTcpServer,
  type AddressInfo,
  type Server as TcpServer,
} from "node:net"
import { text } from "node:stream/consumers"

/** A receiver of alerts, with the messages so far. */
export interface Receiver {
  readonly url: string
  readonly messages: string[]
  /** True: messages are refused. */
  isBroken: boolean
  /** Called when a message has arrived, before the answer to it. */
  beforeAnswer: () => Promise<void>
}

function createReceiver() {
  const messages: string[] = []
  return { url: "", messages, isBroken: false, beforeAnswer: async () => {} }
}

/** Runs `work` with a webhook that collects the texts that are posted to it. */
export function withWebhook<T>(work: (receiver: Receiver) => Promise<T>): Promise<T> {
  const receiver = createReceiver()
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await text(request)
    if (!receiver.isBroken)
      receiver.messages.push((JSON.parse(body) as { readonly text: string }).text)
    await receiver.beforeAnswer()
    response.writeHead(receiver.isBroken ? 500 : 200).end()
  }
  const server = createHttpServer((request, response) => void answer(request, response))
  return withListener(server, "http", receiver, work)
}

/** Runs `work` with a mail server that collects the mails that it receives. */
export function withMailServer<T>(work: (receiver: Receiver) => Promise<T>): Promise<T> {
  const receiver = createReceiver()
  const server = createTcpServer((socket) => {
    let mail: string | undefined
    let buffer = ""
    socket.write("220 test\r\n")
    socket.on("data", (chunk) => {
      const lines = (buffer + chunk.toString()).split("\r\n")
      buffer = lines.pop() ?? ""
      for (const line of lines) {
        if (mail === undefined) {
          if (line === "DATA") mail = ""
          socket.write(line === "DATA" ? "354 go on\r\n" : "250 ok\r\n")
        } else if (line === ".") {
          receiver.messages.push(mail)
          mail = undefined
          socket.write("250 accepted\r\n")
        } else mail += `${line}\n`
      }
    })
    socket.on("error", () => {})
  })
  return withListener(server, "smtp", receiver, work)
}

async function withListener<T>(
  server: Server | TcpServer,
  protocol: string,
  receiver: Receiver & { url: string },
  work: (receiver: Receiver) => Promise<T>,
): Promise<T> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()))
  receiver.url = `${protocol}://127.0.0.1:${(server.address() as AddressInfo).port}`
  try {
    return await work(receiver)
  } finally {
    server.close()
  }
}

import { once } from "node:events"
import {
  createServer,
  type IncomingMessage,
  request as sendRequest,
  type ServerResponse,
} from "node:http"
import { setTimeout as delay } from "node:timers/promises"

/** A fault of the network or of the object store. */
export type S3Fault =
  | "error_500"
  | "slow_down"
  /** The connection ends before the server hears the request. */
  | "reset"
  /** The server executes the request and its answer is lost. */
  | "lost_answer"
  /** The connection ends in the middle of the answer's body. */
  | "truncated"
  /** No answer arrives. */
  | "stall"
  /** The answer arrives in small pieces. */
  | "trickle"
  /** The server refuses a request because of another one for the same object. */
  | "conflict"
  /** One byte of the body of the request, or of the answer without one, is another one. */
  | "corrupt"

/** A call of the protocol. */
export type S3Call =
  | "head"
  | "get"
  | "put"
  | "create_upload"
  | "upload_part"
  | "complete_upload"
  | "list"
  | "delete"
  | "list_uploads"

/** The faults of the requests whose URL or body contains a text. */
interface Injection {
  readonly text: string
  readonly call: S3Call
  readonly fault: S3Fault
  readonly times: number
  /** The number of requests that failed. */
  taken: number
}

/** A server that passes requests on to an object store, with faults. */
export interface FaultyS3 {
  readonly endpoint: string
  /** Lets the next `times` calls of a kind that concern a text fail. */
  readonly inject: (injection: Injection) => void
  readonly heal: (text: string) => void
  readonly close: () => Promise<void>
}

/** Opens a server on loopback before the object store at `endpoint`. */
export async function openFaultyS3(endpoint: string): Promise<FaultyS3> {
  const injections = new Set<Injection>()
  const server = createServer((request, response) => {
    answer(endpoint, injections, request, response).catch(() => request.socket.destroy())
  })
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  const address = server.address()
  if (address === null || typeof address === "string") throw new TypeError("no port")
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    inject: (injection) => void injections.add(injection),
    heal: (text) => {
      for (const injection of injections) if (injection.text === text) injections.delete(injection)
    },
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, "close")
    },
  }
}

async function answer(
  endpoint: string,
  injections: ReadonlySet<Injection>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await readBody(request)
  const fault = takeFault(injections, request, body)
  if (fault === "stall") return
  if (fault === "reset") return void request.socket.resetAndDestroy()
  if (fault === "error_500") return sendError(response, 500, "InternalError")
  if (fault === "conflict") return sendError(response, 409, "ConditionalRequestConflict")
  if (fault === "slow_down") return sendError(response, 503, "SlowDown")
  const sentBody = fault === "corrupt" ? flipByte(body) : body
  const upstream = await forward(endpoint, request, sentBody)
  if (fault === "lost_answer") return void request.socket.resetAndDestroy()
  const isCorrupt = fault === "corrupt" && body.length === 0
  response.writeHead(upstream.status, upstream.headers)
  if (fault === "trickle") return sendPieces(response, upstream.body)
  if (fault !== "truncated")
    return void response.end(isCorrupt ? flipByte(upstream.body) : upstream.body)
  response.write(upstream.body.subarray(0, Math.floor(upstream.body.length / 2)), () =>
    request.socket.destroy(),
  )
}

async function sendPieces(response: ServerResponse, body: Buffer): Promise<void> {
  const pieceBytes = Math.ceil(body.length / 20)
  for (let at = 0; at < body.length; at += pieceBytes) {
    response.write(body.subarray(at, at + pieceBytes))
    await delay(5)
  }
  response.end()
}

function takeFault(
  injections: ReadonlySet<Injection>,
  request: IncomingMessage,
  body: Buffer,
): S3Fault | undefined {
  const url = decodeURIComponent(request.url ?? "")
  const call = findCall(request.method ?? "", url)
  for (const injection of injections) {
    const isConcerned = url.includes(injection.text) || body.includes(injection.text)
    if (!isConcerned || injection.call !== call || injection.taken === injection.times) continue
    injection.taken += 1
    return injection.fault
  }
  return undefined
}

function findCall(method: string, url: string): S3Call | undefined {
  if (method === "HEAD") return "head"
  if (method === "PUT") return url.includes("partNumber=") ? "upload_part" : "put"
  if (method === "GET") {
    if (url.includes("list-type=")) return "list"
    return /[?&]uploads/.test(url) ? "list_uploads" : "get"
  }
  if (/[?&]delete/.test(url)) return "delete"
  return /[?&]uploads/.test(url) ? "create_upload" : "complete_upload"
}

async function readBody(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of message) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

async function forward(endpoint: string, { method, url, headers }: IncomingMessage, body: Buffer) {
  const { expect: _, ...forwardedHeaders } = headers // it is not part of the signature
  const upstream = sendRequest(`${endpoint}${url}`, { method, headers: forwardedHeaders })
  upstream.end(body)
  const [response] = (await once(upstream, "response")) as [IncomingMessage]
  return {
    status: response.statusCode ?? 500,
    headers: response.headers,
    body: await readBody(response),
  }
}

function sendError(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status, { "content-type": "application/xml" })
  response.end(`<Error><Code>${code}</Code><Message>a fault of the test</Message></Error>`)
}

function flipByte(body: Buffer): Buffer {
  const copy = Buffer.from(body)
  const at = Math.floor(copy.length / 2)
  if (copy.length > 0) copy[at] = (copy[at] ?? 0) ^ 1
  return copy
}

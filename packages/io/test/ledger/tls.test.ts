import { execFileSync, spawnSync } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { connect, createServer, type Server, type Socket } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { TLSSocket } from "node:tls"

import { openTestDatabase, type TestDatabase } from "@freshet/embedded-postgres/testing"
import { afterAll, beforeAll, describe, expect, test } from "vitest"

import { withLedgerConnection } from "../../src/ledger/connection.ts"
import { withLibpqTls } from "../../src/ledger/tls-url.ts"
import { parseAddress } from "../publish/commit-proxy.ts"

const hasOpenssl = spawnSync("openssl", ["version"]).status === 0

/** Answers a client's request for TLS and passes the decrypted bytes on to the server at `url`. */
function openTlsServer(
  url: string,
  files: { readonly key: string; readonly cert: string },
): Server {
  const options = { key: readFileSync(files.key), cert: readFileSync(files.cert), isServer: true }
  return createServer((socket) => {
    socket.on("error", () => undefined)
    socket.once("data", () => {
      socket.write("S")
      pipeBoth(new TLSSocket(socket, options), connect(parseAddress(url)))
    })
  })
}

/** Listens on loopback and returns the port. */
async function listen(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  const address = server.address()
  if (address === null || typeof address === "string") throw new TypeError("no port")
  return address.port
}

function pipeBoth(client: Socket, upstream: Socket): void {
  client.on("error", () => upstream.destroy())
  upstream.on("error", () => client.destroy())
  client.pipe(upstream).pipe(client)
}

describe.skipIf(!hasOpenssl)("an encrypted connection (skipped without openssl)", () => {
  const folder = mkdtempSync(join(tmpdir(), "freshet-tls-"))
  const [key, cert] = [join(folder, "server.key"), join(folder, "server.crt")]
  let database: TestDatabase
  let server: Server
  let port: number

  beforeAll(async () => {
    const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    const words = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", cert]
    execFileSync("openssl", [...words, ...subject], { stdio: "ignore" })
    database = await openTestDatabase()
    server = openTlsServer(database.url, { key, cert })
    port = await listen(server)
  })

  afterAll(async () => {
    server.close()
    await database.close()
    rmSync(folder, { recursive: true })
  })

  const query = (parameters: string, host = "localhost") => {
    const { username, password, pathname } = new URL(database.url)
    const url = `postgres://${username}:${password}@${host}:${port}${pathname}?${parameters}`
    return withLedgerConnection(url, async (client) => {
      const { rows } = await client.query<{ one: number }>("select 1 as one")
      return rows[0]?.one
    })
  }

  test.each(["sslmode=require", "sslmode=prefer"])(
    "with %s accepts a certificate of an unknown authority, as psql does",
    async (parameters) => {
      expect(await query(parameters)).toBe(1)
    },
  )

  test("with sslmode=verify-full needs the authority and the name of the host", async () => {
    expect(await query(`sslmode=verify-full&sslrootcert=${cert}`)).toBe(1)
    await expect(query("sslmode=verify-full")).rejects.toMatchObject({
      code: "postgres",
      hint: expect.stringContaining("sslrootcert=FILE"),
    })
    await expect(
      query(`sslmode=verify-full&sslrootcert=${cert}`, "127.0.0.1"),
    ).rejects.toMatchObject({
      code: "postgres",
      hint: expect.stringContaining("sslmode=verify-ca"),
    })
  })

  test("with sslmode=verify-ca needs the authority and accepts any name", async () => {
    expect(await query(`sslmode=verify-ca&sslrootcert=${cert}`, "127.0.0.1")).toBe(1)
    await expect(query("sslmode=verify-ca")).rejects.toMatchObject({ code: "postgres" })
  })

  test("with a certificate file that does not exist is one sentence", async () => {
    await expect(query(`sslmode=verify-full&sslrootcert=${folder}/none.crt`)).rejects.toMatchObject(
      {
        code: "postgres",
        message: expect.stringContaining("no such file or directory"),
      },
    )
  })

  test("of a server without TLS is one sentence with a hint", async () => {
    const plain = createServer((socket) => void socket.once("data", () => socket.write("N")))
    const url = `postgres://me@localhost:${await listen(plain)}/x?sslmode=require`
    await expect(withLedgerConnection(url, async () => {})).rejects.toMatchObject({
      code: "postgres",
      hint: "Remove sslmode from DATABASE_URL, or let the server accept TLS.",
    })
    plain.close()
  })
})

test.each([
  ["postgres://h/d", "postgres://h/d"],
  ["postgres://h/d?sslmode=no-verify", "postgres://h/d?sslmode=no-verify"],
  ["postgres://h/d?sslmode=require", "postgres://h/d?sslmode=require&uselibpqcompat=true"],
  ["postgres://h/d?a=1&sslmode=disable", "postgres://h/d?a=1&sslmode=disable&uselibpqcompat=true"],
])("%s is opened as %s", (url, opened) => {
  expect(withLibpqTls(url)).toBe(opened)
})

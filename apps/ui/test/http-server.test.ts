import { expect, test } from "vitest"

import { startHttpServer } from "../server/index.ts"

const host = "127.0.0.1"
const answer = (text: string) => () => new Response(text)

test("the first port of a list that no other program uses is taken", async () => {
  const first = await startHttpServer(answer("first"), { host, port: 0 })
  const usedPort = Number(new URL(first.url).port)
  const second = await startHttpServer(answer("second"), { host, port: [usedPort, 0] })
  try {
    expect(await (await fetch(first.url)).text()).toBe("first")
    expect(await (await fetch(second.url)).text()).toBe("second")
  } finally {
    await Promise.all([first.close(), second.close()])
  }
})

test("a single port that another program uses is wrong usage", async () => {
  const server = await startHttpServer(answer("first"), { host, port: 0 })
  const port = Number(new URL(server.url).port)
  try {
    await expect(startHttpServer(answer("second"), { host, port })).rejects.toMatchObject({
      code: "usage",
      hint: "Choose another --port or --host.",
    })
  } finally {
    await server.close()
  }
})

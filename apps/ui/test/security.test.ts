import { request } from "node:http"

import { createServices, resolveConfig } from "@freshet/services"
import { expect, test } from "vitest"

import { serveUi } from "../server/index.ts"
import { withServedProject } from "./served-project.ts"
import { shopAssets } from "./shop.ts"

const plan = { target: { kind: "materialize", selection: [], partitions: {}, publish: true } }
const action = { "x-freshet-action": "1" }

/** Requests a path with a host name of its own, which `fetch` does not allow. */
function requestAs(address: string, host: string): Promise<number | undefined> {
  const { port } = new URL(address)
  return new Promise((resolve, reject) => {
    const call = request(
      { host: "127.0.0.1", port, path: "/api/status", headers: { host } },
      (answer) => {
        answer.resume()
        resolve(answer.statusCode)
      },
    )
    call.on("error", reject)
    call.end()
  })
}

test("a foreign host name is refused, so that another site cannot reach the server by DNS rebinding", async () => {
  await withServedProject(async ({ address }) => {
    const { port } = new URL(address)
    expect(await requestAs(address, `attacker.example:${port}`)).toBe(421)
    expect(await requestAs(address, `127.0.0.1.attacker.example:${port}`)).toBe(421)
    expect(await requestAs(address, `localhost:${port}`)).toBe(200)
    expect(await requestAs(address, `127.0.0.1:${port}`)).toBe(200)
  })
})

test("an action needs the header that a foreign form cannot send, and an origin that is the server", async () => {
  await withServedProject(async ({ post, address }) => {
    expect((await post("/api/requests", plan, {})).status).toBe(403)
    expect(
      (await post("/api/requests", plan, { ...action, origin: "https://attacker.example" })).status,
    ).toBe(403)
    expect((await post("/api/requests", plan, { ...action, origin: "null" })).status).toBe(403)
    expect((await post("/api/plan", plan, { ...action, origin: address })).status).toBe(200)
    expect(await (await fetch(`${address}/api/requests`)).json()).toEqual({ requests: [] })
  })
})

test("a read-only server answers, and refuses every action", async () => {
  await withServedProject(
    async ({ post, get }) => {
      expect((await get("/api/status")).status).toBe(200)
      expect(await (await get("/api/session")).json()).toMatchObject({ role: "viewer" })
      expect((await post("/api/requests", plan)).status).toBe(403)
      expect((await post("/api/runs/2026/cancel", {})).status).toBe(403)
    },
    { readOnly: true },
  )
})

test("with tokens, nothing is readable without one, a viewer reads, and an operator acts", async () => {
  const tokens = { operator: "operator-secret-text", viewer: "viewer-secret-text" }
  await withServedProject(
    async ({ post, get, address }) => {
      const bearer = (token: string) => ({ authorization: `Bearer ${token}`, ...action })
      expect((await get("/api/status")).status).toBe(401)
      expect((await get("/api/events")).status).toBe(401)
      expect((await get("/api/status", bearer("operator-secret-texT"))).status).toBe(401)
      expect((await get("/")).headers.get("location")).toBe("/login")
      expect((await get("/api/status", bearer(tokens.viewer))).status).toBe(200)
      expect((await post("/api/plan", plan, bearer(tokens.viewer))).status).toBe(403)
      expect((await post("/api/plan", plan, bearer(tokens.operator))).status).toBe(200)
      const login = await fetch(`${address}/login`, {
        method: "POST",
        body: new URLSearchParams({ token: tokens.operator }),
        redirect: "manual",
      })
      const cookie = login.headers.get("set-cookie") ?? ""
      expect(cookie).toMatch(/HttpOnly; SameSite=Strict/)
      const [pair = ""] = cookie.split(";")
      expect((await get("/api/session", { cookie: pair })).status).toBe(200)
      const wrongLogin = await fetch(`${address}/login`, {
        method: "POST",
        body: new URLSearchParams({ token: "wrong" }),
      })
      expect(wrongLogin.status).toBe(401)
      expect(wrongLogin.headers.get("set-cookie")).toBeNull()
    },
    { tokens },
  )
})

test("an address that other machines reach needs a token", async () => {
  const config = resolveConfig({ assets: shopAssets }, "/nowhere", {})
  const { signal } = new AbortController()
  const serving = serveUi({
    host: "0.0.0.0",
    port: 0,
    clientFolder: "/nowhere",
    nodeVersion: "20",
    readOnly: false,
    tokens: undefined,
    createServices: async (listener) =>
      createServices(config, {
        ...listener,
        supervisorCommand: [],
        codeProgram: undefined,
        signal,
      }),
    reportFault: () => {},
    onListening: () => {},
  })
  await expect(serving).rejects.toMatchObject({
    code: "usage",
    hint: expect.stringContaining("FRESHET_UI_TOKEN"),
  })
})

test("every answer has a policy that forbids foreign and inline code", async () => {
  await withServedProject(async ({ get }) => {
    for (const path of ["/", "/api/status", "/api/nothing", "/login", "/files/nothing.js"]) {
      const { headers } = await get(path)
      const policy = headers.get("content-security-policy") ?? ""
      expect(policy).toContain("default-src 'none'")
      expect(policy).toContain("script-src 'self'")
      expect(policy).not.toMatch(/unsafe|data:|https?:|\*/)
      expect(headers.get("x-content-type-options")).toBe("nosniff")
      expect(headers.get("x-frame-options")).toBe("DENY")
    }
  })
})

test("only files of the client are served, and large bodies are refused", async () => {
  await withServedProject(async ({ get, post }) => {
    for (const path of [
      "/..%2f..%2fpackage.json",
      "/files/..%2f..%2f..%2fpackage.json",
      "/%2e%2e/%2e%2e/package.json",
    ]) {
      const text = await (await get(path)).text()
      expect(text).not.toContain("@freshet/ui")
    }
    const body = { target: { ...plan.target, selection: ["x".repeat(100_000)] } }
    expect((await post("/api/plan", body)).status).toBe(413)
  })
})

test("secrets and faults of the program are not shown", async () => {
  const tokens = { operator: "operator-secret-text", viewer: undefined }
  await withServedProject(
    async ({ get }) => {
      const headers = { authorization: `Bearer ${tokens.operator}` }
      for (const path of ["/api/session", "/api/status", "/api/assets", "/api/runs"]) {
        const text = await (await get(path, headers)).text()
        expect(text).not.toMatch(/operator-secret|postgres(ql)?:\/\//)
      }
    },
    { tokens },
  )
})

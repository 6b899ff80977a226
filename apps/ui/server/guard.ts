import { createHash, timingSafeEqual } from "node:crypto"

import type { MiddlewareHandler } from "hono"
import { getCookie } from "hono/cookie"

import type { ProblemsDocument, SessionDocument } from "./documents.ts"

/** Limits who may read and who may act. */
export interface AccessOptions {
  /** Host names under which the server answers; others are refused, so that no foreign site can reach it through its own name. Undefined with tokens. */
  readonly hostNames: ReadonlySet<string> | undefined
  /** Secrets of those who may act and of those who may read; undefined on loopback. */
  readonly tokens: AccessTokens | undefined
  /** Refuses all actions. */
  readonly readOnly: boolean
}

export interface AccessTokens {
  readonly operator: string
  readonly viewer: string | undefined
}

/** The names of this machine for itself. */
export const loopbackNames: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "[::1]"])

export type Role = SessionDocument["role"]

/** The variables of a request that passed the guard. */
export interface GuardEnvironment {
  Variables: { role: Role }
}

const cookieName = "freshet_token"

const securityHeaders: Readonly<Record<string, string>> = {
  "content-security-policy": [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; "),
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
}

/** Adds the headers that keep a page from loading or sending anything elsewhere. */
export const addSecurityHeaders: MiddlewareHandler = async (context, next) => {
  await next()
  for (const [name, value] of Object.entries(securityHeaders)) context.header(name, value)
}

/** Refuses foreign host names, missing tokens, and actions that another site may have caused. */
export function createGuard(options: AccessOptions): MiddlewareHandler<GuardEnvironment> {
  return async (context, next) => {
    const { req } = context
    if (!isAllowedHost(options, req.header("host")))
      return context.json(refuse("This host name is not served."), 421)
    const role = findRole(
      options,
      getToken(req.header("authorization")) ?? getCookie(context, cookieName),
    )
    if (role === undefined) {
      if (req.path.startsWith("/api/")) return context.json(refuse("A token is needed."), 401)
      return req.path === "/login" ? next() : context.redirect("/login")
    }
    context.set("role", role)
    if (req.method === "GET" || req.method === "HEAD" || req.path === "/login") return next()
    if (!isOwnPage(req.header("origin"), req.header("host"), req.header("x-freshet-action")))
      return context.json(refuse("Actions are accepted from the pages of this server only."), 403)
    if (role !== "operator")
      return context.json(refuse("This server is read-only for you: it runs nothing."), 403)
    return next()
  }
}

/** Returns the role of a token, for the form that asks for one. */
export function findRole(
  { tokens, readOnly }: AccessOptions,
  token: string | undefined,
): Role | undefined {
  if (tokens === undefined) return readOnly ? "viewer" : "operator"
  if (token === undefined) return undefined
  if (isSameSecret(token, tokens.operator)) return readOnly ? "viewer" : "operator"
  const isViewer = tokens.viewer !== undefined && isSameSecret(token, tokens.viewer)
  return isViewer ? "viewer" : undefined
}

/** Formats the cookie that holds a token: scripts cannot read it, and other sites cannot send it. */
export function formatTokenCookie(token: string): string {
  return `${cookieName}=${encodeURIComponent(token)}; Path=/; HttpOnly; SameSite=Strict`
}

function isAllowedHost({ hostNames }: AccessOptions, host: string | undefined): boolean {
  if (hostNames === undefined) return true
  return host !== undefined && hostNames.has(host.replace(/:\d+$/, "").toLowerCase())
}

function getToken(authorization: string | undefined): string | undefined {
  return authorization?.startsWith("Bearer ") ? authorization.slice("Bearer ".length) : undefined
}

/** A header that a foreign form cannot send, and an origin that is this server. */
function isOwnPage(
  origin: string | undefined,
  host: string | undefined,
  action: string | undefined,
): boolean {
  if (action === undefined) return false
  if (origin === undefined) return true
  return URL.canParse(origin) && new URL(origin).host === host
}

function isSameSecret(token: string, secret: string): boolean {
  const hash = (text: string) => createHash("sha256").update(text).digest()
  return timingSafeEqual(hash(token), hash(secret))
}

function refuse(message: string): ProblemsDocument {
  return { problems: [{ kind: "access", asset: null, message, hint: null }] }
}

import { type ChildProcessByStdio, spawn } from "node:child_process"
import { once } from "node:events"
import type { Readable } from "node:stream"

import { freshetPath } from "./freshet-process.ts"
import type { OperationProject } from "./operation-project.ts"

/** A command that is under way. */
export interface RunningProcess {
  readonly child: ChildProcessByStdio<null, Readable, Readable>
  readonly readOutput: () => string
  /** Waits for the end, and fails if the command did. */
  readonly end: Promise<void>
}

/** Starts a command in a project. */
export function startFreshet(
  { environment }: Pick<OperationProject, "environment">,
  words: readonly string[],
): RunningProcess {
  const child = spawn(process.execPath, [freshetPath, ...words], {
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  })
  let output = ""
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => (output += chunk.toString()))
  const requireSuccess = async () => {
    const [code] = await once(child, "exit")
    if (code !== 0) throw new Error(`\`freshet ${words.join(" ")}\` ended with ${code}: ${output}`)
  }
  const end = requireSuccess()
  end.catch(() => {})
  return { child, end, readOutput: () => output }
}

/** Waits for a text in the output of a command. */
export async function waitForOutput(
  { child, end, readOutput }: RunningProcess,
  pattern: RegExp,
): Promise<RegExpExecArray> {
  for (;;) {
    const match = pattern.exec(readOutput())
    if (match !== null) return match
    await Promise.race([end, once(child.stdout, "data"), once(child.stderr, "data")])
  }
}

/** A server, and its address. */
export interface Server extends RunningProcess {
  readonly url: string
}

/** Runs `work` with `freshet serve`. */
export async function withServe<T>(
  project: Pick<OperationProject, "environment">,
  work: (server: Server) => Promise<T>,
): Promise<T> {
  const running = startFreshet(project, ["serve", "--port", "0"])
  const [, url = ""] = await waitForOutput(running, /Serving on (http:\S+)\.\n/)
  try {
    return await work({ ...running, url })
  } finally {
    running.child.kill("SIGTERM")
    if (running.child.signalCode !== "SIGKILL") await running.end
  }
}

/** Sends a request of a person to a server. */
export async function postRequest(
  { url }: Pick<Server, "url">,
  path: string,
  body: object,
): Promise<void> {
  const response = await fetch(new URL(path, url), {
    method: "POST",
    headers: {
      "content-type": "application/json",
      origin: new URL(url).origin,
      "x-freshet-action": "1",
    },
    body: JSON.stringify(body),
  })
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`)
}

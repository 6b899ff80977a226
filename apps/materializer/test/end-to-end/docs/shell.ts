import { spawn } from "node:child_process"

/** Where a document's commands are typed. */
export interface ShellSettings {
  readonly folder: string
  readonly environment: Readonly<Record<string, string>>
}

/** What a block of commands came to. */
export interface ShellResult {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs commands one after the other, as a person types them; the first that fails ends them. */
export async function runShell(settings: ShellSettings, commands: string): Promise<ShellResult> {
  const child = spawn("sh", ["-e", "-c", commands], {
    cwd: settings.folder,
    env: { ...createBareEnvironment(), ...settings.environment },
    stdio: ["ignore", "pipe", "pipe"],
  })
  let [stdout, stderr] = ["", ""]
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text))
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text))
  return new Promise((resolve, reject) => {
    child.once("error", reject)
    child.once("close", (code) => resolve({ code, stdout, stderr }))
  })
}

/** Nothing of the environment of whoever runs the tests decides what a command prints. */
function createBareEnvironment(): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR } = process.env
  const settings = { LANG: "C.UTF-8", NO_COLOR: "1", npm_config_prefer_offline: "true" }
  return { PATH, HOME, TMPDIR, ...settings }
}

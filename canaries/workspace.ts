import { spawnSync } from "node:child_process"
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

export const root = fileURLToPath(new URL("../", import.meta.url))

const settingFiles = [
  ".gitignore",
  ".oxfmtrc.json",
  ".oxlintrc.json",
  "knip.json",
  "package.json",
  "pnpm-lock.yaml",
  "pnpm-workspace.yaml",
  "tsconfig.base.json",
  "turbo.json",
]

export const packages = ["apps", "packages"].flatMap((folder) =>
  readdirSync(join(root, folder)).map((name) => `${folder}/${name}`),
)

/** What a tool prints about the workspace's settings around the given files, and if it is content. */
export function runTool(
  files: Readonly<Record<string, string>>,
  tool: string,
  ...argv: string[]
): { readonly ok: boolean; readonly output: string } {
  const workspace = mkdtempSync(join(tmpdir(), "freshet-canary-"))
  try {
    fillWorkspace(workspace, files)
    const { status, stdout, stderr } = spawnSync(join(root, "node_modules/.bin", tool), argv, {
      cwd: workspace,
      encoding: "utf8",
      env: { ...process.env, NO_COLOR: "1", TURBO_TELEMETRY_DISABLED: "1" },
    })
    return { ok: status === 0, output: `${stdout}${stderr}` }
  } finally {
    rmSync(workspace, { recursive: true, force: true })
  }
}

function fillWorkspace(workspace: string, files: Readonly<Record<string, string>>): void {
  for (const name of settingFiles) cpSync(join(root, name), join(workspace, name))
  symlinkSync(join(root, "node_modules"), join(workspace, "node_modules"))
  for (const folder of packages) copyPackage(folder, workspace)
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(workspace, path)), { recursive: true })
    writeFileSync(join(workspace, path), text)
  }
}

function copyPackage(folder: string, workspace: string): void {
  mkdirSync(join(workspace, folder, "src"), { recursive: true })
  for (const name of ["package.json", "tsconfig.json", "turbo.json", "test/tsconfig.json"]) {
    if (existsSync(join(root, folder, name))) {
      cpSync(join(root, folder, name), join(workspace, folder, name))
    }
  }
  const modules = join(root, folder, "node_modules")
  for (const name of readdirSync(modules).filter((name) => name !== "@freshet")) {
    linkFolder(join(modules, name), join(workspace, folder, "node_modules", name))
  }
  if (!existsSync(join(modules, "@freshet"))) return
  for (const name of readdirSync(join(modules, "@freshet"))) {
    const target = join(workspace, "packages", name)
    linkFolder(target, join(workspace, folder, "node_modules/@freshet", name))
  }
}

function linkFolder(target: string, path: string): void {
  mkdirSync(dirname(path), { recursive: true })
  symlinkSync(target, path)
}

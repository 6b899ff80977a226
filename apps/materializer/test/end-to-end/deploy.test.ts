import { spawnSync } from "node:child_process"
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

import { afterAll, expect, test } from "vitest"
import { parse, parseAllDocuments } from "yaml"

import { workspace } from "../../bin/bundle-command.js"

const deploy = join(workspace, "deploy")
const folder = mkdtempSync(join(tmpdir(), "freshet-deploy-"))
afterAll(() => rmSync(folder, { recursive: true }))

const readText = (name: string) => readFileSync(join(deploy, name), "utf8")
const hasSystemd = spawnSync("systemd-analyze", ["--version"]).status === 0

interface Container {
  readonly args: readonly string[]
  readonly ports?: readonly { readonly containerPort: number }[]
  readonly livenessProbe?: { readonly httpGet: { readonly path: string } }
  readonly readinessProbe?: { readonly httpGet: { readonly path: string } }
  readonly volumeMounts: readonly { readonly name: string }[]
}

interface PodTemplate {
  readonly spec: {
    readonly containers: readonly Container[]
    readonly volumes: readonly { readonly name: string }[]
  }
}

interface Manifest {
  readonly kind: string
  readonly metadata: { readonly name: string }
  readonly spec?: {
    readonly template?: PodTemplate
    readonly jobTemplate?: { readonly spec: { readonly template: PodTemplate } }
  }
}

function readManifests(): readonly Manifest[] {
  const documents = parseAllDocuments(readText("kubernetes.yaml"), { strict: true })
  expect(documents.flatMap(({ errors }) => errors)).toEqual([])
  return documents.map((document) => document.toJS() as Manifest)
}

interface Compose {
  readonly services: Readonly<Record<string, ComposeService>>
  readonly volumes: object
}

interface ComposeService {
  readonly command?: readonly string[]
  readonly environment?: object
  readonly volumes?: readonly string[]
  readonly depends_on?: object | readonly string[]
}

function readCompose(): Compose {
  return parse(readText("compose.yaml"), { strict: true, merge: true }) as Compose
}

function listPods(manifests: readonly Manifest[]): readonly PodTemplate[] {
  return manifests.flatMap(({ spec }) => spec?.template ?? spec?.jobTemplate?.spec.template ?? [])
}

test.skipIf(!hasSystemd)("systemd accepts the units", () => {
  const units = readdirSync(deploy).filter((name) => /\.(service|timer)$/.test(name))
  expect(units).toEqual([
    "freshet-gc.service",
    "freshet-gc.timer",
    "freshet-worker.service",
    "freshet.service",
  ])
  const paths = units.map((name) => {
    const path = join(folder, name)
    writeFileSync(path, readText(name).replaceAll("/opt/freshet", workspace))
    return path
  })
  const { status, stderr } = spawnSync("systemd-analyze", ["verify", ...paths], {
    encoding: "utf8",
  })
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" })
})

test("the manifests for Kubernetes refer to each other", () => {
  const manifests = readManifests()
  expect(manifests.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([
    "Secret freshet",
    "ConfigMap freshet",
    "PersistentVolumeClaim freshet-landing",
    "Deployment freshet",
    "Deployment freshet-worker",
    "Service freshet",
    "CronJob freshet-gc",
  ])
  for (const { spec } of listPods(manifests)) {
    const volumes = spec.volumes.map(({ name }) => name)
    for (const { volumeMounts } of spec.containers)
      expect(volumes).toEqual(expect.arrayContaining(volumeMounts.map(({ name }) => name)))
  }
  const [server] = listPods(manifests).flatMap(({ spec }) => spec.containers)
  expect(server).toMatchObject({
    ports: [{ containerPort: 4700 }],
    livenessProbe: { httpGet: { path: "/healthz" } },
    readinessProbe: { httpGet: { path: "/readyz" } },
  })
})

test("the services of the compose file refer to each other", () => {
  const compose = readCompose()
  const names = Object.keys(compose.services)
  expect(names).toEqual(["freshet", "worker", "postgres", "objects", "bucket"])
  for (const { volumes = [], depends_on: needed = {} } of Object.values(compose.services)) {
    const neededNames = Array.isArray(needed) ? needed : Object.keys(needed)
    expect(names).toEqual(expect.arrayContaining(neededNames))
    const namedVolumes = volumes.map((volume) => volume.split(":", 1)[0] ?? "")
    const declaredVolumes = [...Object.keys(compose.volumes), "../landing"]
    expect(declaredVolumes).toEqual(expect.arrayContaining(namedVolumes))
  }
})

test("the worker of the compose file has the settings of the server, without the token of its page", () => {
  const { freshet, worker } = readCompose().services
  expect(worker?.environment).toHaveProperty("FRESHET_LAKE")
  const token = { FRESHET_UI_TOKEN: "${FRESHET_UI_TOKEN:?}" }
  expect({ ...worker?.environment, ...token }).toEqual(freshet?.environment)
})

test("every variable of Freshet is one that the README describes", () => {
  const readme = readFileSync(join(workspace, "README.md"), "utf8")
  const variables = readdirSync(deploy).flatMap(
    (name) => readText(name).match(/\b(?:FRESHET_[A-Z_]+|DATABASE_URL)\b/g) ?? [],
  )
  expect(new Set(variables).size).toBeGreaterThan(4)
  expect(variables.filter((variable) => !readme.includes(`\`${variable}\``))).toEqual([])
})

test("every command of the deployments has these options", () => {
  const commands = [
    ...listPods(readManifests()).flatMap(({ spec }) => spec.containers.map(({ args }) => args)),
    JSON.parse(/^CMD (\[.*\])$/m.exec(readText("Dockerfile"))?.[1] ?? "") as readonly string[],
    readCompose().services["worker"]?.command ?? [],
    ...["freshet.service", "freshet-worker.service", "freshet-gc.service"].map(
      (name) => /^ExecStart=\S+ (.*)$/m.exec(readText(name))?.[1]?.split(" ") ?? [],
    ),
  ]
  expect(commands).toHaveLength(8)
  for (const [command = "", ...options] of commands) {
    const { stdout } = spawnSync(
      process.execPath,
      [join(workspace, "freshet"), command, "--help"],
      {
        encoding: "utf8",
      },
    )
    for (const option of options.filter((word) => word.startsWith("--")))
      expect(stdout).toContain(option)
  }
})

import type { AnyAsset } from "@freshet/core"
import { stateValues } from "@freshet/core/engine"

import type { CommandLine } from "./command-line.ts"

/** Proposes names of assets. A completion prints no errors, so broken declarations propose nothing. */
export async function proposeAssets(cli: CommandLine): Promise<readonly string[]> {
  return (await loadAssets(cli)).map(({ name }) => name)
}

/** Proposes names of assets and attributes of a selection, after the plus sign of the typed word. */
export async function proposeSelection(cli: CommandLine, word: string): Promise<readonly string[]> {
  const sign = /^\d*\+/.exec(word)?.[0] ?? ""
  const assets = await loadAssets(cli)
  const attributes = listAttributes(assets)
  const prefixes = new Set(attributes.map((text) => `${text.split(":", 1).join()}:`))
  const names = assets.map(({ name }) => name)
  return [...names, ...(word.includes(":") ? attributes : prefixes)].map((text) => `${sign}${text}`)
}

/** Proposes the ids of the latest runs. */
export async function proposeRuns(cli: CommandLine): Promise<readonly string[]> {
  try {
    const { listRuns } = await import("@freshet/services")
    const silentListener = { emit: () => {}, watchesSteps: false }
    const services = await cli.createServices(await cli.loadConfig(), silentListener)
    const { runs } = await listRuns(services, { limit: maxRuns })
    return runs.map(({ id }) => id)
  } catch {
    return []
  }
}

const maxRuns = 50

async function loadAssets(cli: CommandLine): Promise<readonly AnyAsset[]> {
  const config = await cli.loadConfig().catch(() => undefined)
  return config?.assets ?? []
}

/** Lists the attributes of a selection: `group:movies`, `status:stale`, … */
function listAttributes(assets: readonly AnyAsset[]): readonly string[] {
  const values = {
    group: assets.map(({ group }) => group),
    ...stateValues,
    tag: assets.flatMap(({ tags }) => tags),
    owner: assets.flatMap(({ owners }) => owners),
    kind: assets.map((asset) => (asset.kind === "source" ? "source" : asset.computation.kind)),
  }
  return Object.entries(values).flatMap(([attribute, attributeValues]) =>
    [...new Set(attributeValues)].map((value) => `${attribute}:${value}`),
  )
}

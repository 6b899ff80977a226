import { mkdtemp, mkdir, rm, stat, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"

import { type Asset, daily } from "@freshet/core"
import {
  type ComputeRequest,
  type ComputeResult,
  formatPartition,
  type LandedFile,
  type Relation,
} from "@freshet/core/engine"

import { type DuckdbEngine, type EngineOptions, openEngine } from "../../src/duckdb/engine.ts"
import { openFolderLanding } from "../../src/landing/folder-landing.ts"
import { openFolderStore } from "../../src/store/folder-store.ts"
import type { Store } from "../../src/store/store.ts"

/** The day 2026-01-05. */
export const testDay = formatPartition(daily({ start: "2026-01-01" }), 20_458)

export interface EngineFixture {
  readonly folder: string
  readonly engine: DuckdbEngine
  readonly store: Store
  readonly land: (path: string, text: string) => Promise<LandedFile>
  /** Computes the day 2026-01-05 of what makes these assets. */
  readonly compute: (
    outputs: readonly Asset[],
    relations?: readonly Relation[],
    inputVersion?: string,
  ) => Promise<ComputeResult>
  readonly close: () => Promise<void>
}

export async function openEngineFixture(
  options: Partial<EngineOptions> = {},
): Promise<EngineFixture> {
  const folder = await mkdtemp(join(tmpdir(), "freshet-engine-"))
  const store = options.store ?? openFolderStore(join(folder, "lake"))
  const engine = openEngine({
    memoryLimitMb: 1000,
    threads: 2,
    connections: 2,
    spillFolder: join(folder, "spill"),
    store,
    landingZone: openFolderLanding(join(folder, "landing")),
    ...options,
  })
  return {
    folder,
    engine,
    store,
    land: async (path, text) => {
      const at = join(folder, "landing", path)
      await mkdir(dirname(at), { recursive: true })
      await writeFile(at, text)
      return { path, hash: "", bytes: (await stat(at)).size }
    },
    compute: (outputs, relations = [], inputVersion = "v1") =>
      engine.compute(buildRequest(outputs, relations, inputVersion), () => {}),
    close: async () => {
      await engine.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

export function buildRequest(
  outputs: readonly Asset[],
  relations: readonly Relation[],
  inputVersion: string,
): ComputeRequest {
  const [first] = outputs
  if (first === undefined) throw new Error("no outputs")
  return {
    computation: first.computation,
    outputs,
    partition: testDay,
    folder: testDay.key,
    inputVersion,
    relations,
  }
}

import { FreshetError } from "@freshet/core/engine"
import {
  type BatchLimits,
  type LandingFiles,
  landTopics,
  openFolderLandingFiles,
  openKafkaReader,
  openS3LandingFiles,
} from "@freshet/io"

import { keepTrying } from "../automation/keep-trying.ts"
import { type Config, isObjectStoreUrl } from "../config.ts"
import { getObjectStoreOptions } from "../object-store-options.ts"
import { buildDeclaredGraph } from "../open-project.ts"
import type { Services } from "../services.ts"
import { selectStreams } from "./select-streams.ts"

/** A request to land the streams of sources. */
export interface LandRequest {
  /** The topics; all declared ones if empty. */
  readonly topics: readonly string[]
  /** The group for which offsets are committed. */
  readonly group: string
  readonly limits: BatchLimits
  readonly untilEnd: boolean
  readonly skipDeleted: boolean
}

/** The request of `freshet serve`, and the defaults of `freshet land kafka`. */
export const defaultLandRequest: LandRequest = {
  topics: [],
  group: "freshet",
  limits: { messages: 100_000, bytes: 64_000_000, seconds: 10 },
  untilEnd: false,
  skipDeleted: false,
}

type LandServices = Pick<Services, "config" | "signal" | "emit">

/**
 * Lands streams until the signal is aborted, or with `untilEnd` until they have landed. Fails if the topics cannot be
 * read at the beginning, or at any time for a reason that does not pass; a broker that goes away later is waited for. `onConnected` is called once.
 */
export async function landStreams(
  services: LandServices,
  request: LandRequest,
  onConnected: () => void,
): Promise<void> {
  let isConnected = false
  let fault: unknown
  await keepTrying(services.signal, reportFailure(services), async (succeed) => {
    try {
      await landOnce(services, request, () => {
        if (!isConnected) onConnected()
        isConnected = true
        succeed()
      })
    } catch (error) {
      const isPassing = error instanceof FreshetError && error.isTransient
      if (isConnected && isPassing) throw error
      fault = error
    }
  })
  if (fault !== undefined) throw fault
}

/** Lands all declared streams until the signal is aborted. Any failure is reported, and the work repeated. */
export function landDeclaredStreams(services: LandServices): Promise<void> {
  return keepTrying(services.signal, reportFailure(services), (succeed) =>
    landOnce(services, defaultLandRequest, succeed),
  )
}

function reportFailure({ emit }: LandServices) {
  return (message: string, retryMs: number) => emit({ kind: "landing_failed", message, retryMs })
}

async function landOnce(
  { config, signal, emit }: LandServices,
  request: LandRequest,
  succeed: () => void,
): Promise<void> {
  buildDeclaredGraph(config)
  const sources = selectStreams(config, request.topics)
  const reader = await openKafkaReader({ brokers: listBrokers(config), group: request.group })
  try {
    await landTopics({
      ...request,
      reader,
      sources,
      files: openLandingFiles(config),
      signal,
      nowMs: () => performance.now(),
      onConnected: succeed,
      emit: (batch) => {
        succeed()
        emit({ kind: "batch_landed", ...batch })
      },
    })
  } finally {
    await reader.close()
  }
}

function listBrokers({ kafkaBrokers = "" }: Pick<Config, "kafkaBrokers">): readonly string[] {
  const brokers = kafkaBrokers.split(",").map((broker) => broker.trim())
  if (brokers.every((broker) => /^(?:[\w.-]+|\[[\da-f:]+\]):\d{1,5}$/i.test(broker))) return brokers
  const message =
    kafkaBrokers === ""
      ? "No Kafka broker is configured."
      : `"${kafkaBrokers}" is not a list of Kafka brokers.`
  throw new FreshetError("config", message, {
    hint: "Set FRESHET_KAFKA_BROKERS to host:port, or several of them with commas.",
  })
}

function openLandingFiles(config: Config): LandingFiles {
  return isObjectStoreUrl(config.landing)
    ? openS3LandingFiles(config.landing, getObjectStoreOptions(config))
    : openFolderLandingFiles(config.landing)
}

import {
  formatSuggestion,
  FreshetError,
  isStreamed,
  type StreamedSource,
} from "@freshet/core/engine"

import type { Config } from "../config.ts"

/** Lists the declared sources that have a stream. */
export function listStreamedSources({ assets }: Pick<Config, "assets">): readonly StreamedSource[] {
  return assets.flatMap((asset) => (asset.kind === "source" && isStreamed(asset) ? [asset] : []))
}

/** Selects the sources of some topics; without topics, all that have a stream. Fails for a topic of no source. */
export function selectStreams(
  config: Pick<Config, "assets">,
  topics: readonly string[],
): readonly StreamedSource[] {
  const sources = listStreamedSources(config)
  if (sources.length === 0)
    throw new FreshetError("config", "No source has a stream.", {
      hint: 'Declare one: stream: { kind: "kafka", topic: "…", time: "…" }.',
    })
  const names = sources.map(({ stream }) => stream.topic)
  const unknown = topics.find((topic) => !names.includes(topic))
  if (unknown !== undefined)
    throw new FreshetError("usage", `No source has a stream of the topic ${unknown}.`, {
      hint: formatSuggestion(unknown, names),
    })
  return topics.length === 0
    ? sources
    : sources.filter(({ stream }) => topics.includes(stream.topic))
}

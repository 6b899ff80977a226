import type { AnyAsset } from "@freshet/core"

import { movies } from "./movies/index.ts"
import type { MoviesSettings } from "./movies/settings.ts"
import { reputation } from "./reputation/index.ts"
import type { ReputationSettings } from "./reputation/settings.ts"
import { stockTweets } from "./stock-tweets/index.ts"
import type { StockTweetsSettings } from "./stock-tweets/settings.ts"
import { stocktwits } from "./stocktwits/index.ts"
import type { StocktwitsSettings } from "./stocktwits/settings.ts"

/** Settings of all groups of assets. */
export interface DefinitionsSettings {
  readonly stocktwits?: Partial<StocktwitsSettings>
  readonly movies?: Partial<MoviesSettings>
  readonly reputation?: Partial<ReputationSettings>
  readonly stockTweets?: Partial<StockTweetsSettings>
}

/** Lists the assets of all groups. */
export function definitions(settings: DefinitionsSettings = {}): readonly AnyAsset[] {
  return [
    ...stocktwits(settings.stocktwits),
    ...movies(settings.movies),
    ...reputation(settings.reputation),
    ...stockTweets(settings.stockTweets),
  ]
}

import type { AnyAsset } from "@freshet/core"

import { stocktwits } from "./stocktwits/index.ts"
import type { StocktwitsSettings } from "./stocktwits/settings.ts"

/** What a project may choose, group by group. */
export interface DefinitionsSettings {
  readonly stocktwits?: Partial<StocktwitsSettings>
}

/** All groups as one list. */
export function definitions(settings: DefinitionsSettings = {}): readonly AnyAsset[] {
  return [...stocktwits(settings.stocktwits)]
}

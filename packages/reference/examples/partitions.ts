import { daily, hourly, monthly, staticKeys, unpartitioned, weekly } from "@freshet/core"

export const partitions = {
  // #region hourly
  hours: hourly({ start: "2026-01-05T00" }),
  // #endregion
  // #region daily
  days: daily({ start: "2026-01-05", zone: "America/New_York" }),
  // #endregion
  // #region weekly
  weeks: weekly({ start: "2026-W02" }),
  // #endregion
  // #region monthly
  months: monthly({ start: "2026-01", end: "2026-12" }),
  // #endregion
  // #region staticKeys
  countries: staticKeys(["de", "fr", "pl"]),
  // #endregion
  // #region unpartitioned
  whole: unpartitioned, // as if `partitions` were not declared
  // #endregion
}

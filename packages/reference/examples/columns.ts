import {
  bool,
  date,
  decimal,
  float64,
  int16,
  int32,
  int64,
  list,
  nullable,
  struct,
  text,
  timestamp,
} from "@freshet/core"

export const columns = {
  // #region bool
  is_paid: bool("True once the invoice is paid."),
  // #endregion
  // #region int16
  stars: int16("1 to 5."),
  // #endregion
  // #region int32
  user_id: int32("The person."),
  // #endregion
  // #region int64
  views: int64("Number of views."), // a bigint in TypeScript
  // #endregion
  // #region float64
  score: float64("0 to 1."),
  // #endregion
  // #region decimal
  revenue: decimal(18, 2, "Revenue.", { unit: "EUR" }), // text in TypeScript: "12.50"
  // #endregion
  // #region text
  video: text("Name of the video."),
  // #endregion
  // #region date
  birthday: date("In the calendar of the person."),
  // #endregion
  // #region timestamp
  watched_at: timestamp("The beginning."),
  // #endregion
  // #region list
  tags: list(text(), "Tags in the order of their number."),
  // #endregion
  // #region struct
  place: struct({ city: text(), country: text() }, "Where the person lives."),
  // #endregion
  // #region nullable
  nickname: nullable(text("Unknown for guests.")),
  // #endregion
}

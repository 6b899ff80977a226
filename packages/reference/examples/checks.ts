import {
  balanced,
  daily,
  int64,
  itself,
  noRows,
  notNull,
  nullable,
  oneOf,
  refersTo,
  rowCount,
  sourceAsset,
  sql,
  sqlAsset,
  text,
  unique,
} from "@freshet/core"

export const bookings = sourceAsset({
  name: "bookings",
  group: "accounts",
  description: "Amounts that are added to accounts.",
  partitions: daily({ start: "2026-01-01" }),
  columns: {
    booking: text("The booking; its amounts sum to zero."),
    account: nullable(text("The account.")),
    amount: int64("The amount.", { unit: "EUR cent" }),
  },
  format: { kind: "csv" },
  path: "bookings/{partition}.csv",
})

export const accounts = sqlAsset({
  name: "accounts",
  group: "accounts",
  description: "Accounts with a booking.",
  partitions: daily({ start: "2026-01-01" }),
  columns: { account: text("The account.") },
  query: sql`select distinct account from ${bookings} where account is not null`,
})

export const checkedBookings = sqlAsset({
  name: "checked_bookings",
  group: "accounts",
  description: "Bookings with an account.",
  partitions: daily({ start: "2026-01-01" }),
  columns: {
    booking: text("The booking."),
    account: nullable(text("The account.")),
    kind: text("The side of the account."),
    amount: int64("The amount.", { unit: "EUR cent" }),
  },
  query: sql`
    select booking, account, case when amount < 0 then 'credit' else 'debit' end as kind, amount
    from ${bookings}
    left join ${accounts} using (account)`,
  checks: [
    // #region unique
    unique("booking", "account"),
    // #endregion
    // #region notNull
    notNull("account"),
    // #endregion
    // #region rowCount
    rowCount({ min: 1, max: 1_000_000 }),
    // #endregion
    // #region oneOf
    oneOf("kind", ["credit", "debit"]),
    // #endregion
    // #region refersTo
    refersTo("account", accounts, { severity: "warn" }),
    // #endregion
    // #region noRows
    noRows("no_zero", {
      description: "every amount differs from zero",
      query: sql`select * from ${itself} where amount = 0`,
    }),
    // #endregion
    // #region balanced
    balanced("balanced", {
      description: "the amounts of a booking sum to zero",
      rows: sql`select booking, amount from ${itself}`,
      by: ["booking"],
      amount: "amount",
    }),
    // #endregion
  ],
})

const freshet = 0x66726573 // the locks of other programs in the same database have other first numbers

/** Held by the one run that may record. */
export const runLock = [freshet, 1]

/** Held while the tables change. */
export const migrationLock = [freshet, 2]

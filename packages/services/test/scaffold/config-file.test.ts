import { expect, test } from "vitest"

import { addAssetImport } from "../../src/scaffold/config-file.ts"

test.each([
  ["an empty list", `assets: []`, `assets: [import("./a.ts")]`],
  ["a list in one line", `assets: [orders, sales]`, `assets: [orders, sales, import("./a.ts")]`],
  [
    "a list of lines",
    `assets: [\n    ...stores[0],\n    orders,\n  ],\n  home: "x"`,
    `assets: [\n    ...stores[0],\n    orders,\n    import("./a.ts"),\n  ],\n  home: "x"`,
  ],
  ["lines without a last comma", `assets: [\n  a\n]`, `assets: [\n  a,\n  import("./a.ts"),\n]`],
])("%s receives an import", (_, text, expected) => {
  expect(addAssetImport(`export default {${text}}`, "./a.ts")).toBe(`export default {${expected}}`)
})

test("a configuration without a list is left to a person", () => {
  expect(addAssetImport("export default { assets: definitions() }", "./a.ts")).toBeUndefined()
})

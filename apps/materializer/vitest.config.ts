import { defineConfig } from "vitest/config"

import { node24 } from "./test/end-to-end/node-24.ts"

const wholeCommands = ["test/end-to-end/commands.test.ts", "test/end-to-end/demo.test.ts"]

// Limits of tests that run whole commands, on a machine ten times slower than a developer's.
export default defineConfig({
  test: {
    globalSetup: [
      "../../packages/embedded-postgres/test/global-setup.ts",
      "test/end-to-end/global-setup.ts",
    ],
    maxWorkers: 2,
    testTimeout: 600_000,
    hookTimeout: 600_000,
    teardownTimeout: 600_000,
    projects: [
      {
        extends: true,
        test: {
          name: "node",
          include: ["test/**/*.test.ts"],
          exclude: ["test/end-to-end/heavy/**", "test/faults/**"],
        },
      },
      {
        extends: true,
        test: {
          name: "node 24",
          include: node24 === undefined ? [] : wholeCommands,
          env: { FRESHET_TEST_NODE: node24 ?? "" },
        },
      },
    ],
  },
})

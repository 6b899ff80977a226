import { defineConfig } from "vitest/config"

// Limits of tests that run whole commands, on a machine ten times slower than a developer's.
export default defineConfig({
  test: {
    name: "node",
    include: ["test/**/*.test.ts"],
    exclude: ["test/end-to-end/heavy/**", "test/faults/**"],
    globalSetup: [
      "../../packages/embedded-postgres/test/global-setup.ts",
      "test/end-to-end/global-setup.ts",
    ],
    maxWorkers: 2,
    testTimeout: 600_000,
    hookTimeout: 600_000,
    teardownTimeout: 600_000,
  },
})

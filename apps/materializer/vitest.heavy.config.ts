import { defineConfig } from "vitest/config"

export default defineConfig({
  test: {
    include: ["test/end-to-end/heavy/**/*.test.ts", "test/faults/**/*.test.ts"],
    globalSetup: [
      "../../packages/embedded-postgres/test/global-setup.ts",
      "test/end-to-end/global-setup.ts",
    ],
    maxWorkers: 2,
    testTimeout: 3_600_000,
    hookTimeout: 600_000,
    teardownTimeout: 600_000,
  },
})

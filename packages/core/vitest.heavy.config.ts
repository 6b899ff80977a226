import { defineConfig } from "vitest/config"

export default defineConfig({
  test: {
    include: ["test/heavy/**/*.test.ts"],
    maxWorkers: 2,
    setupFiles: ["test/property-seed.ts"],
    testTimeout: 3_600_000,
    hookTimeout: 300_000,
  },
})

import { defineConfig } from "vitest/config"

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["test/heavy/**"],
    globalSetup: ["../embedded-postgres/test/global-setup.ts"],
    setupFiles: ["../core/test/property-seed.ts"],
    testTimeout: 300_000,
    hookTimeout: 300_000,
    maxConcurrency: 12, // tests of faults mostly wait
  },
})

import { defineConfig } from "vitest/config"

// Tiers by what a test needs: `test/**` runs anywhere from npm alone; `test-native/**` needs the TensorFlow addon and
// is run by `pnpm test:native`.
export default defineConfig({
  test: {
    include: [process.env["SEED_GRPO_TIER"] === "native" ? "test-native/**/*.test.ts" : "test/**/*.test.ts"],
    pool: "forks",
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
})

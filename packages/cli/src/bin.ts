#!/usr/bin/env node
// The version comes first: an older Node would fail later, at an import, with words that help nobody.
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number)
if (major > 22 || (major === 22 && minor >= 19)) {
  await import("./main.ts")
} else {
  process.stderr.write(
    `seed-grpo needs Node 22.19 or newer; this is ${process.versions.node}.\n` +
      "Without installing anything: npx -y -p node@24 -p @seed-grpo/cli seed-grpo\n",
  )
  process.exitCode = 1
}

"use strict"
const { writeFileSync } = require("node:fs")

const figures = process.env["BENCH_LIBRARIES"]

/** Which shared libraries the process had loaded when it ended. */
if (figures !== undefined)
  process.on("exit", () => {
    const report = JSON.parse(JSON.stringify(process.report.getReport()))
    writeFileSync(figures, report.sharedObjects.join("\n"))
  })

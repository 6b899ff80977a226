import { buildGraph } from "@freshet/core"

import { bigSize, declare, shapeOf } from "./plan-project.ts"
const shape = shapeOf(bigSize)
for (let i = 0; i < 6; i++) {
  const a = process.cpuUsage()
  const d = declare(shape)
  const b = process.cpuUsage(a)
  buildGraph(d)
  const c = process.cpuUsage(a)
  console.log(
    "declare",
    (b.user + b.system) / 1000,
    "graph",
    (c.user + c.system - b.user - b.system) / 1000,
  )
}

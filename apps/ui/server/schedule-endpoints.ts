import { pauseSchedule, readSchedules } from "@freshet/services"
import { scheduleListSchema } from "@freshet/services/documents"
import * as z from "zod/mini"

import { requestSchema } from "./documents.ts"
import { defineEndpoint, type Endpoint, noInput, text } from "./endpoint.ts"
import { recordTickWork } from "./requested-work.ts"

/** Schedules, and actions on them. */
export const scheduleEndpoints: readonly Endpoint[] = [
  defineEndpoint({
    method: "get",
    path: "/api/schedules",
    summary: "Schedules with their next and latest ticks, and the reasons why they run nothing",
    input: noInput,
    answer: scheduleListSchema,
    handle: ({ services }) => readSchedules(services),
  }),
  defineEndpoint({
    method: "post",
    path: "/api/schedules/:schedule/pause",
    summary: "Pause or resume a schedule",
    input: z.strictObject({ schedule: text, paused: z.boolean() }),
    answer: scheduleListSchema,
    handle: async ({ services }, { schedule, paused }) => {
      await pauseSchedule(services, { name: schedule, paused })
      return readSchedules(services)
    },
  }),
  defineEndpoint({
    method: "post",
    path: "/api/schedules/:schedule/tick",
    summary: "Accept a request to execute a tick of a schedule at this moment",
    input: z.strictObject({ schedule: text }),
    answer: requestSchema,
    handle: async ({ services, runner }, { schedule }) =>
      runner.submit(await recordTickWork(services, schedule)),
  }),
]

import { ProblemsError } from "@freshet/core/engine"
import { expect, test } from "vitest"

import { resolveConfig } from "../src/config.ts"
import type { FreshetConfig } from "../src/define-config.ts"

const root = "/project"

const file: FreshetConfig = {
  assets: [],
  memoryMb: 512,
  profiles: {
    prod: {
      landing: "s3://shop/landing",
      lake: "s3://shop/lake",
      databaseUrl: "postgres://freshet@db.example.com/shop",
      memoryMb: 8192,
    },
    test: {},
  },
}

function listProblems(changed: object, environment = {}): readonly (string | undefined)[] {
  try {
    resolveConfig({ ...file, ...changed }, root, environment)
    return []
  } catch (error) {
    if (!(error instanceof ProblemsError)) throw error
    return error.problems.flatMap(({ message, hint }) => [message, hint])
  }
}

test("a profile overrides the file, and the environment overrides the profile", () => {
  const plain = resolveConfig(file, root, {})
  expect(plain).toMatchObject({ profile: undefined, memoryMb: 512, landing: "/project/landing" })
  const prod = resolveConfig(file, root, { FRESHET_PROFILE: "prod" })
  expect(prod).toMatchObject({ profile: "prod", ...file.profiles?.["prod"] })
  const variables = { FRESHET_PROFILE: "prod", FRESHET_MEMORY_MB: "1024", FRESHET_LANDING: "in" }
  expect(resolveConfig(file, root, variables)).toMatchObject({
    memoryMb: 1024,
    landing: "/project/in",
  })
})

test("the state of a profile is apart from that of the project", () => {
  const { home, lake } = resolveConfig(file, root, { FRESHET_PROFILE: "test" })
  expect(home).toBe("/project/.freshet/profiles/test")
  expect(lake).toBe("/project/.freshet/profiles/test/lake")
})

test("an unknown profile and unknown settings of a profile are problems with the nearest name", () => {
  expect(listProblems({}, { FRESHET_PROFILE: "prd" })).toEqual([
    "No profile is called `prd`.",
    "Did you mean `prod`? Profiles are declared in freshet.config.ts.",
  ])
  expect(listProblems({ profiles: { prod: { memory: 1 } } })).toEqual([
    "profiles.prod.memory in freshet.config.ts is not a setting.",
    expect.stringContaining("memoryMb"),
  ])
})

test("secrets in the file are refused without being printed, and values of variables are none", () => {
  const url = "postgres://freshet:open-sesame@db.example.com/shop"
  const hint =
    "Keep it out of the file: set DATABASE_URL in the environment, or read a variable of your own, as in process.env.PROD_DATABASE_URL."
  expect(listProblems({ databaseUrl: url })).toEqual([
    "databaseUrl in freshet.config.ts is a secret.",
    hint,
  ])
  const profiles = { prod: { databaseUrl: `postgres://db.example.com/shop?password=open` } }
  expect(listProblems({ profiles })).toEqual([
    "profiles.prod.databaseUrl in freshet.config.ts is a secret.",
    hint,
  ])
  expect(listProblems({ uiToken: "a-token-of-the-page" })[0]).toBe(
    "uiToken in freshet.config.ts is a secret.",
  )
  expect(listProblems({ databaseUrl: url }, { PROD_DATABASE_URL: url })).toEqual([])
  expect(listProblems({ databaseUrl: "postgres://freshet@db.example.com:5432/shop" })).toEqual([])
})

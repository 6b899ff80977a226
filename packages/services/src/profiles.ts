import { join } from "node:path"

import { formatSuggestion, type Problem, ProblemsError } from "@freshet/core/engine"

import type { FreshetConfig, ProfileSettings } from "./define-config.ts"

type Environment = Readonly<Record<string, string | undefined>>

/** Selects the settings of a profile. Its state folder is one of its own unless it names one. */
export function selectProfile(
  file: FreshetConfig | undefined,
  name: string | undefined,
  defaultHome: string,
): ProfileSettings {
  if (name === undefined) return {}
  const profiles = file?.profiles ?? {}
  const profile = Object.hasOwn(profiles, name) ? profiles[name] : undefined
  if (profile !== undefined)
    return { home: join(file?.home ?? defaultHome, "profiles", name), ...profile }
  const problem: Problem = {
    kind: "config",
    message: `No profile is called \`${name}\`.`,
    hint: `${formatSuggestion(name, Object.keys(profiles))} Profiles are declared in freshet.config.ts.`,
  }
  throw new ProblemsError("config", [problem])
}

/** Settings that are secrets, and the variables of the environment that hold them. */
const secretSettings = {
  databaseUrl: "DATABASE_URL",
  alertWebhook: "FRESHET_ALERT_WEBHOOK",
  smtpUrl: "FRESHET_SMTP_URL",
  uiToken: "FRESHET_UI_TOKEN",
  uiViewerToken: "FRESHET_UI_VIEWER_TOKEN",
}

/** Finds secrets that are written in the configuration; the value of a variable of the environment is none. */
export function findSecrets(
  file: FreshetConfig | undefined,
  environment: Environment,
): readonly Problem[] {
  const variableValues = new Set(Object.values(environment))
  const profiles = Object.entries(file?.profiles ?? {})
  const places = [
    ["", file ?? {}] as const,
    ...profiles.map(([name, profile]) => [`profiles.${name}.`, profile] as const),
  ]
  return places.flatMap(([prefix, settings]) =>
    Object.entries(settings).flatMap(([setting, value]: [string, unknown]) => {
      if (!isSecretSetting(setting) || typeof value !== "string") return []
      if (variableValues.has(value) || !holdsSecret(setting, value)) return []
      return [buildSecretProblem(`${prefix}${setting}`, secretSettings[setting])]
    }),
  )
}

function isSecretSetting(setting: string): setting is keyof typeof secretSettings {
  return Object.hasOwn(secretSettings, setting)
}

/** Tests if a value is a secret: a database URL is one if it has a password. */
function holdsSecret(setting: string, value: string): boolean {
  return setting !== "databaseUrl" || /^\w+:\/\/[^/@]*:[^/]*@|[?&]password=/.test(value)
}

function buildSecretProblem(name: string, variable: string): Problem {
  return {
    kind: "config",
    message: `${name} in freshet.config.ts is a secret.`,
    hint: `Keep it out of the file: set ${variable} in the environment, or read a variable of your own, as in process.env.PROD_${variable.replace("FRESHET_", "")}.`,
  }
}

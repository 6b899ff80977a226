import {
  type ApplicationText,
  ArgumentScannerError,
  formatMessageForArgumentScannerError,
  text_en,
} from "@stricli/core"

const usageHint = "--help shows the usage of the command."

/** Formats usage errors like all other errors: the message, and below it the remedy. */
export const applicationText: ApplicationText = {
  ...text_en,
  noCommandRegisteredForInput: ({ input, corrections }) => {
    const hint =
      corrections.length === 0
        ? "`freshet --help` lists the commands."
        : `Did you mean ${corrections.join(" or ")}?`
    return `error: No command is called \`${input}\`.\n  ${hint}`
  },
  exceptionWhileParsingArguments: (error) => `error: ${formatArgumentError(error)}`,
}

function formatArgumentError(error: unknown): string {
  if (!(error instanceof ArgumentScannerError))
    return error instanceof Error ? error.message : String(error)
  return formatMessageForArgumentScannerError(error, {
    ArgumentParseError: ({ externalFlagNameOrPlaceholder: name, exception }) =>
      `${name}: ${exception instanceof Error ? exception.message : String(exception)}.\n  ${usageHint}`,
    FlagNotFoundError: ({ input, corrections }) => {
      const names = corrections.map((name) => `\`--${name}\``).join(" or ")
      const hint = names === "" ? "--help lists the flags of a command." : `Did you mean ${names}?`
      return `No flag is called \`--${input}\`.\n  ${hint}`
    },
    AliasNotFoundError: ({ input }) =>
      `No flag is called \`-${input}\`.\n  --help lists the flags of a command.`,
    UnsatisfiedPositionalError: ({ placeholder }) =>
      `The ${placeholder} is missing.\n  ${usageHint}`,
    UnsatisfiedFlagError: ({ externalFlagName: name }) =>
      `The value of --${name} is missing.\n  ${usageHint}`,
    UnexpectedPositionalError: ({ expectedCount, input }) =>
      `\`${input}\` is one word too many: the command takes ${formatWordCount(expectedCount)}.\n  ${usageHint}`,
    UnexpectedFlagError: ({ externalFlagName: name }) =>
      `--${name} is given twice.\n  Omit one of them.`,
    InvalidNegatedFlagSyntaxError: ({ externalFlagName: name, valueText }) =>
      `--${name}=${valueText} is not a flag: a flag that begins with no takes no value.\n  ${usageHint}`,
    EnumValidationError: ({ externalFlagName, input, values }) =>
      `--${externalFlagName} cannot be \`${input}\`.\n  It is one of ${values.join(", ")}.`,
  })
}

function formatWordCount(count: number): string {
  return count === 0 ? "none" : count === 1 ? "one" : String(count)
}

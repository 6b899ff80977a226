import { spawnSync } from "node:child_process"

import { expect, test } from "vitest"

import { getCompletionScript } from "../../src/render/completion-script.ts"

/** What bash asks Freshet and then proposes, for words cut as bash cuts them. */
function inBash(words: readonly string[], answers: readonly string[]): readonly string[] {
  const program = `${getCompletionScript("bash")}
    freshet() { printf '%s|' "$@" >&3; printf '%s\\n' ${answers.join(" ")}; }
    COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
    { _freshet; } 3>&1
    printf '\\n'
    printf '%s\\n' "\${COMPREPLY[@]}"`
  const { stdout, stderr } = spawnSync("bash", ["-c", program, "bash", ...words], {
    encoding: "utf8",
  })
  expect(stderr).toBe("")
  return stdout.trimEnd().split("\n")
}

test.each<[readonly string[], readonly string[], string, readonly string[]]>([
  [["freshet", "sta"], ["status"], "sta|", ["status"]],
  [["freshet", "status", ""], ["--json", "items"], "status||", ["--json", "items"]],
  [["freshet", "status", "stale", ":"], ["stale:code"], "status|stale:|", ["code"]],
  [["freshet", "status", "stale", ":", "co"], ["stale:code"], "status|stale:co|", ["code"]],
  [
    ["freshet", "plan", "group", ":", "shop", "--da"],
    ["--date"],
    "plan|group:shop|--da|",
    ["--date"],
  ],
])("bash: %j", (words, answers, asked, proposed) => {
  expect(inBash(words, answers)).toEqual([`__complete|--|${asked}`, ...proposed])
})

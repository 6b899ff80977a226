const scripts = {
  bash: `_freshet() {
  local IFS=$'\\n'
  COMPREPLY=($(freshet __complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _freshet freshet
`,
  zsh: `_freshet() {
  local -a found
  found=("\${(@f)$(freshet __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  compadd -a found
}
compdef _freshet freshet
`,
  fish: `function __freshet_complete
  set -l words (commandline -opc) (commandline -ct)
  freshet __complete -- $words[2..] 2>/dev/null
end
complete -c freshet -f -a '(__freshet_complete)'
`,
} as const

/** A script that lets a shell ask Freshet itself what may come next. */
export function completionScript(shell: keyof typeof scripts): string {
  return scripts[shell]
}

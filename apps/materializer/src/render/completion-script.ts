const scripts = {
  // bash takes a colon for the end of a word, and puts what is chosen behind it
  bash: `_freshet() {
  local IFS=$'\\n' each last= before= words=()
  for each in "\${COMP_WORDS[@]:1:COMP_CWORD}"; do
    if [[ $each == : || $before == : ]]; then last+=$each; else words+=("$last"); last=$each; fi
    before=$each
  done
  words=("\${words[@]:1}" "$last")
  COMPREPLY=($(freshet __complete -- "\${words[@]}" 2>/dev/null))
  COMPREPLY=("\${COMPREPLY[@]#"\${last%"\${last##*:}"}"}")
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
export function getCompletionScript(shell: keyof typeof scripts): string {
  return scripts[shell]
}

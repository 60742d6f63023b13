import { COMMANDS, type Command } from './commands'

/** The shells that can be told what to complete. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const

/** One of them. */
export type Shell = (typeof SHELLS)[number]

/** True for the name of one. */
export const isShell = (word: string | undefined): word is Shell =>
  (SHELLS as readonly (string | undefined)[]).includes(word)

/** A script that a shell runs, once, to complete sub-commands and their options from then on. */
export const completionFor = (shell: Shell): string => {
  if (shell === 'fish') return fish()
  // zsh knows how to do as bash does (zshcompsys(1), "bashcompinit").
  return shell === 'zsh' ? `autoload -U +X compinit bashcompinit && compinit -u && bashcompinit\n${bash()}` : bash()
}

const commands = (): readonly (readonly [name: string, command: Command])[] => Object.entries(COMMANDS)

const optionsOf = ({ options }: Command): string =>
  Object.keys(options)
    .map((name) => `--${name}`)
    .join(' ')

const bash = (): string => {
  const first = [...commands().map(([name]) => name), optionsOf(COMMANDS.start)].join(' ')
  const after = commands().map(
    ([name, command]) => `    ${name}) words="${name === 'completion' ? SHELLS.join(' ') : optionsOf(command)}" ;;`,
  )
  return `_cart_echo() {
  local words="${first}"
  if [ "$COMP_CWORD" != 1 ]; then case "\${COMP_WORDS[1]}" in
${after.join('\n')}
  esac; fi
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _cart_echo cart-echo
`
}

const fish = (): string => {
  const first = commands().map(([name, { summary }]) => lineOf('__fish_use_subcommand', `-f -a ${name}`, summary))
  const shells = lineOf('__fish_seen_subcommand_from completion', `-f -a '${SHELLS.join(' ')}'`, 'the shell')
  const options = commands().flatMap(([name, command]) =>
    Object.entries(command.options).map(([option, { type, help }]) =>
      lineOf(`__fish_seen_subcommand_from ${name}`, `-l ${option}${type === 'string' ? ' -r' : ''}`, help),
    ),
  )
  return `${[...first, shells, ...options].join('\n')}\n`
}

const lineOf = (when: string, what: string, about: string): string =>
  `complete -c cart-echo -n '${when}' ${what} -d '${about.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`

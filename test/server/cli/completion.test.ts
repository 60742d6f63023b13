import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { COMMANDS } from '../../../src/server/cli/commands'
import { completionFor, SHELLS } from '../../../src/server/cli/completion'
import { runCli } from '../../../src/server/cli/run'

/** What bash offers for words, the last of which is being typed. */
const offered = (...words: string[]): string[] => {
  const quoted = ['cart-echo', ...words].map((word) => `'${word}'`).join(' ')
  const script = `${completionFor('bash')}
COMP_WORDS=(${quoted})
COMP_CWORD=${words.length}
_cart_echo
printf '%s\\n' "\${COMPREPLY[@]}"`
  const said = execFileSync('bash', ['--norc', '-c', script], { encoding: 'utf8' })
  return said.split('\n').filter((word) => word !== '')
}

const run = async (...words: string[]) => {
  const said = { out: '', err: '' }
  const code = await runCli(words, {
    out: (text) => {
      said.out += text
    },
    err: (text) => {
      said.err += text
    },
    stopped: () => Promise.resolve(),
  })
  return { code, ...said }
}

describe('bash completes', () => {
  it('a sub-command', () => {
    expect(offered('do')).toEqual(['doctor'])
    expect(offered('')).toEqual(expect.arrayContaining(Object.keys(COMMANDS)))
  })

  it('the options of a sub-command, and of none, which is start', () => {
    expect(offered('doctor', '--c')).toEqual(['--cookie', '--check', '--channel', '--ca'])
    expect(offered('laravel', '--dr')).toEqual(['--dry-run'])
    expect(offered('--po')).toEqual(['--port'])
    expect(offered('--port', '8080', '--le')).toEqual(['--level'])
  })

  it('the shell that is completed for', () => {
    expect(offered('completion', 'z')).toEqual(['zsh'])
  })

  it('nothing where nothing fits', () => {
    expect(offered('doctor', '--x')).toEqual([])
  })
})

describe('what is printed for a shell', () => {
  it.each(SHELLS)('%s has every sub-command and every option', (shell) => {
    const script = completionFor(shell)
    for (const [name, { options }] of Object.entries(COMMANDS)) {
      expect(script).toContain(name)
      if (name === 'completion' && shell !== 'fish') continue
      for (const option of Object.keys(options))
        expect(script).toContain(shell === 'fish' ? `-l ${option}` : `--${option}`)
    }
  })

  it('fish is in quotes that nothing ends', () => {
    for (const line of completionFor('fish').trimEnd().split('\n'))
      expect(line).toMatch(
        /^complete -c cart-echo -n '[\w ]+' (?:-f -a (?:\w+|'[\w ]+')|-l [\w-]+(?: -r)?) -d '(?:[^'\\]|\\.)*'$/,
      )
  })

  it('is what the command prints', async () => {
    expect(await run('completion', 'zsh')).toEqual({ code: 0, out: completionFor('zsh'), err: '' })
    expect((await run('completion', '--help')).out).toContain('completion <bash|zsh|fish>')
  })

  it.each([[[]], [['powershell']], [['bash', 'zsh']]])('is nothing for %j, and says what there is', async (words) => {
    expect(await run('completion', ...words)).toMatchObject({
      code: 2,
      out: '',
      err: 'cart-echo: completion takes bash, zsh, fish. See npx cart-echo completion --help\n',
    })
  })
})

import { action, byId } from './elements'

/** Something that can be broken by the press of a button: which faults the server gets, and what is to be seen then. */
interface Breakage {
  readonly name: string
  /** What happens and what the cart page shows, no more than is true today. */
  readonly words: string
  readonly faults: readonly { readonly kind: string; readonly [field: string]: unknown }[]
  /** Only for whoever shops in this browser. */
  readonly onlyHere?: true
}

const BREAKAGES: readonly Breakage[] = [
  {
    name: 'Restart Reverb',
    words: 'Down for 4 s. The cart says when it tries next, is live seconds after, and asks what it missed.',
    faults: [{ kind: 'restart', what: 'sockets', downMs: 4_000 }],
  },
  {
    name: 'Go silent',
    words:
      'Sockets stay open, nothing arrives. The cart says Live until a ping stays unanswered, up to 40 s, but finds changes by asking.',
    faults: [{ kind: 'silence' }],
  },
  {
    name: 'Drop the next event',
    words: 'It never arrives here. The cart finds it when it asks next, or when the one after it shows the gap.',
    faults: [{ kind: 'drop' }],
    onlyHere: true,
  },
  {
    name: 'Refuse authorisation',
    words:
      'Sockets end, and the channel is refused (403). The cart goes on by asking. Once mended, reload it: live again.',
    faults: [{ kind: 'answer', on: 'auth', status: 403, body: { message: '' } }, { kind: 'kill' }],
  },
  {
    name: 'Log the shopper out',
    words: 'As in another tab. The cart stops when it asks next, and says so. Choose who is shopping: it starts again.',
    faults: [{ kind: 'lose-session' }],
    onlyHere: true,
  },
  {
    name: 'Duplicate the next event',
    words: 'It arrives twice. The cart tells it once.',
    faults: [{ kind: 'duplicate' }],
    onlyHere: true,
  },
  {
    name: 'Delay every event',
    words: 'They come 2 s late, in order.',
    faults: [{ kind: 'delay', ms: 2_000, frames: 'events' }],
  },
]

interface Report {
  readonly fault: { readonly kind: string }
  readonly struck: number
}

const HEADERS = { 'Content-Type': 'application/json', Accept: 'application/json' }

/** Puts the buttons on the page. */
export function offerBreakages(): void {
  byId('breakages').append(...BREAKAGES.map(row))
  byId('mend').addEventListener('click', mend)
}

/** Shows what is broken right now. */
export async function showBroken(): Promise<void> {
  const response = await fetch('/faults', { cache: 'no-store' }).catch(() => null)
  if (response?.ok) tellBroken((await response.json()).active)
}

function row(breakage: Breakage): HTMLElement {
  const [item, words, rest] = ['li', 'div', 'span'].map((name) => document.createElement(name))
  if (!item || !words || !rest) throw new Error('The page makes no elements.')
  words.className = 'words'
  rest.textContent = breakage.words
  words.append(breakage.name, rest)
  item.append(
    words,
    action('Break it', '', breakage.name, () => breakIt(breakage)),
  )
  return item
}

async function breakIt({ name, faults, onlyHere }: Breakage): Promise<void> {
  const answers: boolean[] = []
  const whom = onlyHere ? await shopper() : {}
  for (const { kind, ...fields } of faults) {
    const body = JSON.stringify({ ...fields, ...whom })
    answers.push((await fetch(`/faults/${kind}`, { method: 'POST', headers: HEADERS, body })).ok)
  }
  await showBroken()
  byId('broken-answer').textContent = answers.every(Boolean) ? `Done: ${name}.` : 'That did not work.'
}

async function mend(): Promise<void> {
  const { ok } = await fetch('/faults', { method: 'DELETE', headers: HEADERS })
  await showBroken()
  byId('broken-answer').textContent = ok ? 'Everything works again.' : 'That did not work.'
}

/** Whoever is logged in here: only their events are to be spoilt, or the first of somebody else's would be. */
async function shopper(): Promise<{ customer?: string | number }> {
  const { user } = await (await fetch('/session', { headers: HEADERS })).json()
  return user === null ? {} : { customer: user }
}

function tellBroken(active: readonly Report[]): void {
  const names = active.map(({ fault }) => nameOf(fault.kind))
  byId('broken').textContent = names.length > 0 ? `Broken now: ${names.join('; ')}.` : 'Nothing is broken.'
  byId('mend', HTMLButtonElement).disabled = names.length === 0
}

function nameOf(kind: string): string {
  return BREAKAGES.find(({ faults }) => faults[0]?.kind === kind)?.name ?? kind
}

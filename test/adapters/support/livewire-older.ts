/**
 * What Livewire 3.3, whose script npm has, does otherwise than 3.8, which the stand-in is made after: a line of the real one begins with `-`, one of the stand-in with `+`. 3.8.5
 * says and asks what the stand-in does, in every story.
 */
export const OLDER: Readonly<Record<string, readonly string[]>> = {
  // Before the answer is shown.
  'the server dispatches, to all, to itself and to others': [
    '- window said {"n":1} (0,,0)',
    '- Livewire.on said {"n":1} (0,,0)',
    '+ window said {"n":1} (10,,0)',
    '+ Livewire.on said {"n":1} (10,,0)',
  ],
  // No hook hears of it, and the component asks nothing any more until the page is loaded anew.
  'the network is lost, and comes back': [
    '- unhandledrejection (0,,0)',
    '+ commit responded counter (0,,0)',
    '+ commit failed counter (0,,0)',
    '+ failed 503 (0,,0)',
    '+ commit.pooling counter (0,,0)',
    '+ commit.prepare counter (0,,0)',
    '+ commit counter two (0,,0)',
    '+ request /livewire/update POST true (0,,0)',
    '+ asks counter [{},[["two"]]] with token Content-type,X-Livewire (0,,0)',
    '+ responded 200 (0,,0)',
    '+ commit responded counter (0,,0)',
    '+ commit succeeded counter (0,,0)',
    '+ succeeded 200 1',
    '+ two resolved (0,,0)',
  ],
  // It is asked at once, with the others.
  'a component is asked while it is busy': [
    '- commit.prepare counter (0,,0)',
    '- commit counter two (0,,0)',
    '- asks counter [{},[["two"]]] | other [{},[]] with token Content-type,X-Livewire (0,,0)',
    '+ asks other [{},[]] with token Content-type,X-Livewire (0,,0)',
    '+ commit.pooling counter (0,,0)',
    '+ commit.prepare counter (0,,0)',
    '+ commit counter two (0,,0)',
    '+ request /livewire/update POST true (0,,0)',
    '+ asks counter [{},[["two"]]] with token Content-type,X-Livewire (0,,0)',
    '- commit responded counter (0,,0)',
    '- commit succeeded counter (0,,0)',
    '- succeeded 200 2',
    '+ succeeded 200 1',
    '+ responded 200 (0,,0)',
    '+ commit responded counter (0,,0)',
    '+ commit succeeded counter (0,,0)',
    '+ succeeded 200 1',
  ],
  // `#[Isolate]` means nothing to it.
  'an isolated component is asked': [
    '- commit.prepare isolated (0,)',
    '+ request /livewire/update POST true (0,)',
    '+ asks counter [{},[["__dispatch","x",{}]]] with token Content-type,X-Livewire (0,)',
    '+ commit.prepare isolated (0,)',
    '- asks counter [{},[["__dispatch","x",{}]]] | isolated [{},[["__dispatch","x",{}]]] with token Content-type,X-Livewire (0,)',
    '+ asks isolated [{},[["__dispatch","x",{}]]] with token Content-type,X-Livewire (0,)',
    '- commit responded isolated (0,)',
    '- commit succeeded isolated (0,)',
    '- succeeded 200 2',
    '+ succeeded 200 1',
    '+ responded 200 (1{},)',
    '+ commit responded isolated (1{},)',
    '+ commit succeeded isolated (1{},)',
    '+ succeeded 200 1',
  ],
  // `livewire:navigated` comes before the address is the new one, and before the new components are there.
  'another page is visited': [
    '- livewire:navigated /start  true (0,kept)',
    '+ livewire:navigated /next other true (0,kept)',
  ],
  // The same.
  'another page is visited by a link': [
    '- livewire:navigated /start  true (0,)',
    '+ livewire:navigated /next other true (0,)',
  ],
  // The same, and no `livewire:navigating`.
  'Back and Forward, after a visit': [
    '- livewire:navigated /start  true (0,)',
    '+ livewire:navigated /next other true (0,)',
    '+ livewire:navigating /start other true (0,)',
    '- livewire:navigated /start  true (left,,)',
    '+ livewire:navigated /start counter true (left,,)',
    '+ livewire:navigating /next counter true (1{},,)',
    '- livewire:navigated /next  true (0,)',
    '+ livewire:navigated /next other true (0,)',
  ],
}

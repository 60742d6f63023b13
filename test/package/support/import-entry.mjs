// Imports an entry where touching what a page has throws, and prints what it exports and what it left behind.
const [entry, ...frameworks] = process.argv.slice(2)
// What a framework itself does when it is imported is its own affair: Vue looks for a document.
for (const framework of frameworks) await import(framework)
const page = ['window', 'document', 'location', 'navigator', 'localStorage', 'sessionStorage', 'indexedDB']
const ways = ['fetch', 'WebSocket', 'BroadcastChannel', 'addEventListener', 'setTimeout', 'setInterval']
const names = [...page, ...ways, 'Echo', 'Pusher', 'Laravel', 'Alpine', 'Livewire']
for (const name of names) {
  const get = () => {
    throw new Error(`Importing ${entry} touches ${name}.`)
  }
  Object.defineProperty(globalThis, name, { configurable: true, get })
}
const before = new Set(Reflect.ownKeys(globalThis))
const exported = Object.keys(await import(entry)).sort()
const added = Reflect.ownKeys(globalThis).filter((key) => !before.has(key))
process.stdout.write(JSON.stringify({ exported, added: added.map(String) }))

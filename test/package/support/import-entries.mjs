// Imports entries where touching what a page has throws, and prints what each exports and what it left behind.
import 'react'
import 'vue'

// What a framework itself does when it is imported is its own affair: Vue looks for a document.
const page = ['window', 'document', 'location', 'navigator', 'localStorage', 'sessionStorage', 'indexedDB']
const ways = ['fetch', 'WebSocket', 'BroadcastChannel', 'addEventListener', 'setTimeout', 'setInterval']
for (const name of [...page, ...ways, 'Echo', 'Pusher', 'Laravel', 'Alpine', 'Livewire']) {
  const get = () => {
    throw new Error(`It touches ${name}.`)
  }
  Object.defineProperty(globalThis, name, { configurable: true, get })
}

const importing = async (entry) => {
  const before = new Set(Reflect.ownKeys(globalThis))
  try {
    const exported = Object.keys(await import(entry)).sort()
    const added = Reflect.ownKeys(globalThis).filter((key) => !before.has(key))
    return { exported, added: added.map(String) }
  } catch (error) {
    return { error: String(error) }
  }
}

const found = {}
for (const entry of process.argv.slice(2)) found[entry] = await importing(entry)
process.stdout.write(JSON.stringify(found))

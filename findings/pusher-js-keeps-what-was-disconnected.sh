#!/usr/bin/env bash
# pusher-js 8.6.0: disconnect() ends a connection, and the object stays in memory for as long as the page does. The class keeps a list of all instances, and even with that list
# emptied each one is held by the listeners of the one object that watches the network. An app that makes an Echo for each visit of a client-side router grows with every visit.
# Seen: "100 made and disconnected, 100 in Pusher.instances; garbage collected: 0, with Pusher.instances emptied 0, and without listeners of the network 100".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund pusher-js@8.6.0 > /dev/null
cat > run.cjs <<'JS'
const module_ = require('pusher-js')
const Pusher = module_.Pusher ?? module_.default ?? module_
const refs = []
const make = () => {
  const one = new Pusher('key', { wsHost: '127.0.0.1', wsPort: 9, forceTLS: false, enabledTransports: ['ws'], cluster: '' })
  one.disconnect()
  refs.push(new WeakRef(one))
}
const collected = async () => {
  for (let turn = 0; turn < 5; turn += 1) {
    await new Promise((resolve) => setTimeout(resolve, 50))
    global.gc()
  }
  return refs.filter((ref) => ref.deref() === undefined).length
}
const main = async () => {
  for (let count = 0; count < 100; count += 1) make()
  const kept = Pusher.instances.length
  const before = await collected()
  Pusher.instances.length = 0
  const emptied = await collected()
  Pusher.Runtime.getNetwork().unbind_all()
  const unbound = await collected()
  const steps = [before, `with Pusher.instances emptied ${emptied}`, `and without listeners of the network ${unbound}`]
  console.log(`100 made and disconnected, ${kept} in Pusher.instances; garbage collected: ${steps.join(', ')}`)
  process.exit(0)
}
main()
JS
said=$(node --expose-gc run.cjs)
echo "$said"
[ "$said" = "100 made and disconnected, 100 in Pusher.instances; garbage collected: 0, with Pusher.instances emptied 0, and without listeners of the network 100" ]

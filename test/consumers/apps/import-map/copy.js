import { cpSync, mkdirSync } from 'node:fs'

// What the documents say: the file, and the folder `cdn` beside it.
const dist = 'node_modules/cart-echo/dist'
mkdirSync('public/js')
cpSync(`${dist}/cart-echo.esm.js`, 'public/js/cart-echo.esm.js')
cpSync(`${dist}/cdn`, 'public/js/cdn', { recursive: true })

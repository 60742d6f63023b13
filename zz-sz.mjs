import { build } from 'esbuild'
import z from 'node:zlib'
const r = await build({ stdin:{contents:"export {createCartEcho, readPage} from './src/index'",resolveDir:'.',loader:'ts'}, bundle:true, minify:true, format:'esm', target:'es2022', write:false, metafile:true, external:['./tabs/tabs'], outdir:'x'})
const out = Object.values(r.metafile.outputs)[0]
const t = r.outputFiles[0].text
if (process.argv[2]) { const i = t.indexOf('deliver:(')>0? t.indexOf('not-started'):0; console.log(t.slice(t.indexOf('watchPage:', t.indexOf('asOfMs:e.nowMs()')-3000)-800).slice(0,4200)) }
console.log(out.bytes, z.brotliCompressSync(r.outputFiles[0].contents).length)

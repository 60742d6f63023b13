// npm run check:types: every part of the project by the strictest rules. By the native compiler, which takes a quarter of
// the time, or by another, as CI does, with CART_ECHO_TYPESCRIPT=typescript.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
// The last holds all of src too, but lends each part the libraries of the others.
const PROJECTS = ['tsconfig.json', 'tsconfig.engine.json', 'tsconfig.server.json', 'tsconfig.test.json']

const compile = (project) =>
  new Promise((resolve) => {
    const words = [
      `node_modules/${process.env.CART_ECHO_TYPESCRIPT ?? 'typescript-7'}/bin/tsc`,
      '--pretty',
      '-p',
      project,
    ]
    spawn(process.execPath, words, { cwd: root, stdio: 'inherit' }).once('close', (code) => resolve(code ?? 1))
  })

for (const project of PROJECTS) process.exitCode ||= await compile(project)

// Copies the browser library into the Python package, so that our own server can serve it.
import { cpSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const library = join(here, 'node_modules', '@segment', 'analytics-next')
const from = join(library, 'dist', 'umd')
const to = join(here, '..', 'src', 'hamsafar', 'browser_dist')

rmSync(to, { recursive: true, force: true })
mkdirSync(to, { recursive: true })
const files = readdirSync(from).filter((name) => name.endsWith('.js'))
for (const name of files) cpSync(join(from, name), join(to, name))
cpSync(join(library, 'LICENSE.MD'), join(to, 'LICENSE.md'))
console.log(`${files.length} files copied to ${to}`)

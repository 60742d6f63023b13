import type { App } from './facts'
import { addComponent, COMPONENT, findLayout } from './layout'
import { addImport, IMPORT, importsCartEcho, pageScript } from './page-script'
import { type FilePolicy, planFile } from './plan-files'
import { editing, type Step, still } from './step'

/** What becomes of the layout: the component at the end of every page. */
export const planLayout = async ({ files, views }: App): Promise<Step> => {
  const layout = findLayout(views)
  const what = `${COMPONENT} at the end of <body>`
  if (!('view' in layout)) {
    const [first] = layout.among
    if (first === undefined)
      return still('resources/views', 'by-hand', `${what} of every page (no view has one)`, [COMPONENT])
    return still(first, 'by-hand', `${what}, once for every page (${layout.among.join(', ')} may be it)`, [COMPONENT])
  }
  const { path } = layout.view
  const file = await files.read(path)
  if (!file) return still(path, 'by-hand', what, [COMPONENT])
  return editing(path, file, { what, lines: [COMPONENT], edit: addComponent })
}

const OWN = /^resources\/js\/cart-echo\.[jt]sx?$/

const TAG_LINES = [
  'mkdir -p public/cart-echo',
  'cp -R node_modules/cart-echo/dist/cart-echo.global.js node_modules/cart-echo/dist/cdn public/cart-echo/',
  '<script src="/cart-echo/cart-echo.global.js" defer></script>',
]

/** What becomes of the page's JavaScript: a script of its own, and a line in the bundle's entry. A text says why it cannot be written. */
export const planScript = async (app: App, policy: FilePolicy): Promise<readonly (Step | string)[]> => {
  const { files, found, scripts, views } = app
  const own = scripts.find(({ path }) => OWN.test(path))
  const users = scripts.filter((script) => script !== own && importsCartEcho(script.text))
  const [user] = users
  // Somebody has written it themselves.
  const isFolder = scripts.some(({ path }) => path.startsWith('resources/js/cart-echo/'))
  const isByLine = users.some(({ text }) => text.includes(`${IMPORT}'`) || text.includes(`${IMPORT}"`))
  if (!own && user && (isFolder || !isByLine)) return [still(user.path, 'none', 'imports cart-echo')]
  const tag = views.find(({ text }) => text.includes('cart-echo.global.js'))
  if (!own && tag) return [still(tag.path, 'none', 'has the script tag')]
  if (found.entry === null) {
    const why = 'no single resources/js/app.js with Vite'
    return [still('resources/js', 'by-hand', `the script tag, in <head> (${why})`, TAG_LINES)]
  }
  const path = own?.path ?? `resources/js/cart-echo.${/\.tsx?$/.test(found.entry) ? 'ts' : 'js'}`
  const body = pageScript({ hasEcho: found.echo !== null, hasLivewire: found.livewire !== null })
  const script = await planFile({ path, body }, files, policy)
  const what = `import '${IMPORT}'`
  if (user) return [script, still(user.path, 'none', what)]
  const entry = await files.read(found.entry)
  if (!entry) return [script, still(found.entry, 'by-hand', what, [what])]
  return [script, editing(found.entry, entry, { what, lines: [what], edit: addImport })]
}

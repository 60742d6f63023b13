import { numbersOf } from './composer'
import { readEnv } from './env-file'
import type { App } from './facts'
import { findLayout, hasBody, type View } from './layout'
import { withoutBladeComments } from './php-text'
import { isUnsetUp, type Level } from './plan-settings'

/** From here on Laravel notes that a broadcast went out. */
const SWEEPS_FROM = [11, 42] as const

/** What somebody should know of this app before the files work in it: one line each. */
export const notesOn = async (app: App, level: Level): Promise<readonly string[]> => {
  const { files, found, composer, ownEcho, views } = app
  const envText = (await files.text('.env')) ?? ''
  const env = readEnv(envText)
  const broadcasting = await files.text('config/broadcasting.php')
  const routes = await textOf(app, 'routes')
  const [major, minor] = numbersOf(found.laravel) ?? SWEEPS_FROM
  const driver = env.get('BROADCAST_CONNECTION') ?? env.get('BROADCAST_DRIVER')
  const notes: readonly (readonly [is: boolean, text: string])[] = [
    [composer.hasBadLock, 'composer.lock is no JSON: versions are those that composer.json asks for.'],
    [
      driver !== undefined && driver !== 'reverb' && !isUnsetUp(envText),
      `BROADCAST_CONNECTION is ${plainWord(driver)}: nothing goes to Reverb before it is reverb.`,
    ],
    [
      broadcasting !== null && !/'reverb'\s*=>/.test(broadcasting),
      'config/broadcasting.php has no connection reverb: vendor/laravel/framework/config/broadcasting.php has one to copy.',
    ],
    [
      level === 2 && (major < SWEEPS_FROM[0] || (major === SWEEPS_FROM[0] && minor < SWEEPS_FROM[1])),
      `Level 2 sweeps from Laravel ${SWEEPS_FROM.join('.')} on; this is ${found.laravel}, where it is level 1.`,
    ],
    [
      !found.guards.includes('web'),
      'No guard web keeps a session: name those that customers log in by in config/cart-echo.php (guards).',
    ],
    [
      found.guards.length > 1,
      `Guards with a session: ${found.guards.join(', ')}. Those that customers log in by belong into config/cart-echo.php (guards).`,
    ],
    [found.session === 'array', 'SESSION_DRIVER is array: nobody stays logged in from one request to the next.'],
    [
      !(await files.has('app/Models/User.php')),
      'There is no app/Models/User.php: CartEchoTest wants the model of whoever logs in.',
    ],
    [
      /cart\/check-updates/.test(routes),
      'A route of your own is at /api/cart/check-updates, and wins over ours: remove it.',
    ],
    [
      /Broadcast::channel\(\s*['"]App\.Models\.User\./.test(routes),
      'routes/channels.php has a rule for App.Models.User.{id}: ours takes its place (config/cart-echo.php, channel_rules).',
    ],
    [
      ownEcho !== null && found.echo === null,
      `${ownEcho} configures an Echo of its own: by connect: echo(() => …) in the page's script both share a socket.`,
    ],
    [
      found.entry !== null && !isLoaded(found.entry, views),
      `The layout does not load ${found.entry}: @vite('${found.entry}') belongs into its <head>.`,
    ],
    [
      found.inertia !== null,
      'Inertia: two steps are left to you, a shared prop, which says who is looking, and one file that reads the cart anew (node_modules/cart-echo/docs/recipes.md, Inertia).',
    ],
    [
      found.livewire !== null,
      "Livewire: one step is left to you, a method with #[On('cart-updated')] in each component that shows the cart (node_modules/cart-echo/docs/livewire.md).",
    ],
    [
      (await files.text('config/filament-cart.php')) !== null,
      'config/filament-cart.php: its features.broadcast_cart_updates is honoured.',
    ],
    [
      !hasLogIn(app, routes),
      "Nobody can log in here yet, and only who is logged in hears anything. To try, in routes/web.php: Route::get('/try', fn () => auth()->loginUsingId(1) ? redirect('/') : abort(404, 'php artisan db:seed'));",
    ],
  ]
  return notes.filter(([is]) => is).map(([, text]) => text)
}

/**
 * True where the layout loads the bundle, or a part that it may have in it: any view but a whole page of its own, such as `welcome`. Also where there is no
 * layout that could, or only a part of one is known.
 */
const isLoaded = (entry: string, views: App['views']): boolean => {
  const layout = findLayout(views)
  const page = 'view' in layout && hasBody(layout.view) ? layout.view : null
  const hasNone = 'among' in layout && layout.among.length === 0
  return hasNone || views.some((view) => loads(view, entry) && (page === null || view === page || !hasBody(view)))
}

/** True where a view names the bundle beside Vite, as a directive or as PHP, or has Vite load what only PHP can tell. */
const loads = ({ text }: View, entry: string): boolean => {
  const blade = withoutBladeComments(text)
  return (/\bvite\b/i.test(blade) && blade.includes(entry)) || COMPUTED.test(blade)
}

/** `@vite` with something in it that is no string. */
const COMPUTED = /@vite\(\s*\[?\s*(?:(?:'[^']*'|"[^"]*")\s*,\s*)*[^'"[\]\s)]/

const plainWord = (word: string | undefined): string => (word && /^\w{1,20}$/.test(word) ? word : 'something else')

const textOf = async ({ files }: App, folder: string): Promise<string> => {
  const paths = (await files.list(folder)).filter((path) => path.endsWith('.php'))
  return (await Promise.all(paths.map(files.text))).join('\n')
}

const hasLogIn = ({ composer, found, views }: App, routes: string): boolean =>
  ['laravel/fortify', 'laravel/breeze', 'laravel/jetstream', 'laravel/ui', 'laravel/workos'].some(
    (name) => composer.versionOf(name) !== null,
  ) ||
  found.filament !== null ||
  /['"/]log-?in\b|Auth::routes|loginUsingId/i.test(routes) ||
  views.some(({ path }) => /\/log-?in\.blade\.php$/.test(path))

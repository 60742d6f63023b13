import { type Edit, THERE, unsure } from './edit'
import { blank, lineEndOf, withoutBladeComments } from './php-text'

/** What a layout has to have at the end of its body. */
export const COMPONENT = '<x-cart-echo />'

/** A view of an app. */
export interface View {
  readonly path: string
  readonly text: string
}

/** Which view is every page's; `among` are those that may be, where that is not certain. */
export type Layout = { readonly view: View } | { readonly among: readonly string[] }

const VIEWS = 'resources/views/'

/** Where starter kits have the layout of who is logged in. */
const USUAL = ['components/layouts/app', 'layouts/app', 'app'].map((name) => `${VIEWS}${name}.blade.php`)

/** Not pages of a shop, or pages on which nobody is logged in. */
const APART = /^resources\/views\/(?:vendor|emails?|mails?|errors|pdfs?)\/|\/(?:guest|auth|mail|email)\b/

/** True where a view has the component, outside of comments. */
export const hasComponent = (blade: string): boolean => TAG.test(withoutBladeComments(blade))

// A component of the shop's own may have a name that begins alike.
const TAG = /<x-cart-echo(?![\w.:-])/

const CODE =
  /<(script|style|textarea)\b[\s\S]*?(?:<\/\1\s*>|$)|@php\b(?!\s*\()[\s\S]*?(?:@endphp\b|$)|<\?(?:php|=)[\s\S]*?(?:\?>|$)|\{\{[^\r\n]{0,500}?\}\}|\{!![^\r\n]{0,500}?!!\}/gi

/** Where a body ends: outside of comments, scripts and PHP. */
const bodyEnds = (blade: string) => [
  ...withoutBladeComments(blade)
    .replace(CODE, blank)
    .matchAll(/<\/body\s*>/gi),
]

/** Finds the view that every page of the shop is in. */
export const findLayout = (views: readonly View[]): Layout => {
  const at = (path: string) => views.find((view) => view.path === path)
  const done = views.find(({ text }) => hasComponent(text))
  if (done) return { view: done }
  const usual = USUAL.map(at).filter((view) => view !== undefined)
  const bodies = new Set(usual.map((view) => bodyOf(view, at)).filter((view) => view !== null))
  const [one] = bodies
  if (one && bodies.size === 1) return { view: one }
  const whole = bodies.size > 0 ? [...bodies] : views.filter((view) => hasBody(view) && !APART.test(view.path))
  const [only] = whole
  return only && whole.length === 1 ? { view: only } : { among: whole.map(({ path }) => path) }
}

/** True where a view is a whole page. */
export const hasBody = ({ text }: View): boolean => bodyEnds(text).length > 0

/** The view itself, or the one that it is wrapped in: `<x-layouts.app.sidebar>`, `<x-layouts::app.sidebar>`. */
const bodyOf = (view: View, at: (path: string) => View | undefined): View | null => {
  if (hasBody(view)) return view
  const [, space, name = ''] = /^\s*<x-(?:([\w-]+)::)?([\w.-]+)/.exec(withoutBladeComments(view.text)) ?? []
  const inner = `${name.replaceAll('.', '/')}.blade.php`
  const found = at(`${VIEWS}${space === undefined ? 'components' : space}/${inner}`)
  return found && hasBody(found) ? found : null
}

/** Adds the component to the end of a layout's body. */
export const addComponent = (blade: string): Edit => {
  if (hasComponent(blade)) return THERE
  if (TAG.test(blade)) return unsure('it stands there in a comment')
  if (/\bdata-cart-echo\b/.test(withoutBladeComments(blade)))
    return unsure('a block of its own stands there, whose place it takes')
  const ends = bodyEnds(blade)
  const [end] = ends
  if (!end || ends.length > 1) return unsure(end ? 'it has several </body>' : 'it has no </body>')
  const [indent = ''] = /[ \t]*$/.exec(blade.slice(0, end.index)) ?? []
  const from = end.index - indent.length
  // In a line of its own only where </body> has one.
  if (from > 0 && blade[from - 1] !== '\n')
    return { kind: 'edited', text: `${blade.slice(0, end.index)}${COMPONENT}${blade.slice(end.index)}` }
  const step = indent.includes('\t') || /^\t/m.test(blade) ? '\t' : '    '
  return {
    kind: 'edited',
    text: `${blade.slice(0, from)}${indent}${step}${COMPONENT}${lineEndOf(blade)}${blade.slice(from)}`,
  }
}

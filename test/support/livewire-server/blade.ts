/** What stands for an expression of a Blade file, such as `csrf_token()`. */
export type Expressions = Readonly<Record<string, string>>

const EACH = /@foreach \((\$\w+) as (\$\w+)\)([\s\S]*?)@endforeach/g
const PRINT = /\{\{ (.+?) \}\}/g

/**
 * Renders a Blade file, as far as docs/livewire.md has one: `{{ … }}`, `@foreach`, `@persist`, `@vite` and the page block. Throws for an expression that nothing stands for, and a
 * directive that it does not know.
 */
export const renderBlade = (
  source: string,
  values: Readonly<Record<string, unknown>>,
  expressions: Expressions = {},
) => {
  const print = (text: string, more: Readonly<Record<string, unknown>>): string =>
    text.replace(PRINT, (_, expression: string) => {
      const [, variable = '', key] = /^\$(\w+)(?:\['(\w+)'\])?$/.exec(expression) ?? []
      const value = expressions[expression] ?? (key ? (more[variable] as Record<string, unknown>)[key] : more[variable])
      if (value === undefined) throw new Error(`Nothing stands for {{ ${expression} }}.`)
      return String(value)
    })
  const html = source
    .replace(EACH, (_, list: string, one: string, text: string) =>
      (values[list.slice(1)] as readonly unknown[]).map((item) => print(text, { [one.slice(1)]: item })).join(''),
    )
    // js/plugins/navigate of Livewire, src/Features/SupportNavigate/SupportNavigate.php.
    .replace(/@persist\('(.+?)'\)([\s\S]*?)@endpersist/g, '<div x-persist="$1">$2</div>')
    .replace(/@vite\('resources\/js\/(.+?)'\)/g, '<script type="module" src="/$1"></script>')
    .replace(/<script [^>]*data-cart-echo>@json\(\$cartEcho\)<\/script>/, '<!-- cart-echo -->')
  const unknown = /(?<!\S)@(?!cart-)[a-z]+\b(?!=|\.)/.exec(html)
  if (unknown) throw new Error(`What ${unknown[0]} does is not known here.`)
  return print(html, values)
}

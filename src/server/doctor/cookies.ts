/** The cookies of one shopper's browser, for one shop. */
export interface Cookies {
  /** As the header of a request; empty without any. */
  header(): Readonly<Record<string, string>>
  /** Takes what `Set-Cookie` headers say. */
  keep(setCookies: readonly string[]): void
  /** The value of one, as it stands in the header; undefined without it. */
  value(name: string): string | undefined
  /** Every value that there was, as it stands in the header. */
  values(): readonly string[]
}

/** Cookies from a `Cookie` header, such as `a=1; b=2`; an empty one is none. */
export const createCookies = (header: string): Cookies => {
  const all = new Map<string, string>()
  const ever = new Set<string>()
  const put = (pair: string): void => {
    const mark = pair.indexOf('=')
    if (mark <= 0) return
    const value = pair.slice(mark + 1).trim()
    all.set(pair.slice(0, mark).trim(), value)
    ever.add(value)
  }
  for (const pair of header.split(';')) put(pair)

  return {
    header: () => (all.size === 0 ? {} : { Cookie: [...all].map(([name, value]) => `${name}=${value}`).join('; ') }),
    keep: (setCookies) => {
      for (const one of setCookies) put(one.split(';', 1)[0] ?? '')
    },
    value: (name) => all.get(name),
    values: () => [...ever],
  }
}

/** A text for each form of a number in a language; `other` for the rest: https://www.unicode.org/cldr/charts/latest/supplemental/language_plural_rules.html */
export type PluralForms = { readonly [Form in Intl.LDMLPluralRule]?: string | undefined }

/** The form for a number in that language, or in the browser's own. Undefined where there is none. Never throws. */
export const formFor = (count: number, forms: PluralForms, lang: string | null): string | undefined => {
  try {
    return forms[new Intl.PluralRules(lang ?? undefined).select(count)] ?? forms.other
  } catch {
    return forms.other
  }
}

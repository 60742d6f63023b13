/**
 * A style sheet for a shadow root. Constructed, so no content security policy blocks it. Null in browsers that cannot (Safari before 16.4,
 * https://caniuse.com/mdn-api_cssstylesheet_cssstylesheet): then what it is for is shown unstyled.
 */
export const styleSheet = (css: string): CSSStyleSheet | null => {
  try {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(css)
    return sheet
  } catch {
    return null
  }
}

/** Where Reverb is, as the page says; hand it to `reverb(page.reverb)`. */
export interface ReverbSettings {
  /** `REVERB_APP_KEY`. */
  key: string
  /** Default: the page's own host. */
  host?: string | undefined
  /** Default: 443, or 80 without TLS. */
  port?: number | undefined
  /** Default `https`. */
  scheme?: 'http' | 'https' | undefined
}

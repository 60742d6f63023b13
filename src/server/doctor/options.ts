/** How a shop is examined. */
export interface DoctorOptions {
  /** A page of the shop; null: only what the other options name. */
  readonly page: URL | null
  /** Where Reverb is, over what the page says; null: as the page says. */
  readonly reverb: GivenReverb | null
  /** Where channels are authorised, over what the page says; null: as the page says, else `/broadcasting/auth`. May be relative to the page. */
  readonly auth: string | null
  /** Where the check is, over what the page says; null: as the page says. May be relative to the page. */
  readonly check: string | null
  /** Who is looking, where there is no page to say so, and to whom is published; null: as the page says. */
  readonly user: string | null
  /** The channel's name with `{user}` in it; null: as the page says, else `App.Models.User.{user}`. */
  readonly channel: string | null
  /** The origin that browsers will send; null: the page's, else that of `auth`. */
  readonly origin: string | null
  /** A `Cookie` header of a shopper who is logged in; empty: none. Sent to the shop only, and never shown. */
  readonly cookie: string
  /** Further headers for the shop. Never shown. */
  readonly headers: Readonly<Record<string, string>>
  /** With what to publish an event of the doctor's own to `user`; null: none is published. */
  readonly publish: { readonly appId: string; readonly secret: string } | null
  /** Certificates of authorities to trust beside those that Node knows; null: none. */
  readonly ca: string | null
  /** How long one answer may take, in milliseconds. */
  readonly timeoutMs: number
  /** How long everything may take, in milliseconds. */
  readonly totalMs: number
  /** The version of cart-echo that looks. */
  readonly version: string
  /** Hears what is being looked at. */
  readonly onStep?: ((what: string) => void) | undefined
}

/** Reverb's settings as given by options: not validated. */
export interface GivenReverb {
  readonly key: string
  readonly host: string
  readonly port?: string | undefined
  readonly scheme?: string | undefined
  readonly path?: string | undefined
}

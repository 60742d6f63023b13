/** A key and its secret. */
export interface Credentials {
  readonly id: string
  readonly key: string
  readonly secret: string
}

/** A session of customer 1 at an auth endpoint. */
export interface AuthDoor {
  /** The endpoint, such as `http://127.0.0.1:8000/broadcasting/auth`. */
  readonly url: string
  /** The `Cookie` header of the session. */
  readonly cookie: string
  /** The same endpoint behind the CSRF check; null: there is none. */
  readonly strictUrl: string | null
  /** The check of the guide's server, and how to make something new for it to tell; null: there is none. */
  readonly check: { readonly url: string; change(): void } | null
  /** The origin that may ask from elsewhere (CORS); null: there is none. */
  readonly allowedOrigin: string | null
}

/** The time a keep-alive recording is played in. */
export interface Clock {
  /** Lets the server's time come to so many seconds after the recording began. */
  reach(atS: number): Promise<void>
  /** How long to wait for a frame. */
  readonly patienceMs: number
}

/** A server that is compared with the recordings. */
export interface Target {
  /** Without a slash at the end: `ws://127.0.0.1:8080`. */
  readonly wsUrl: string
  readonly httpUrl: string
  /** What stands for the recorded `cart-bed-key`. */
  readonly main: Credentials
  /** The recorded applications that are there as well, by key. */
  readonly others: ReadonlyMap<string, Credentials>
  readonly door: AuthDoor | null
  /** How long to wait for a frame. */
  readonly patienceMs: number
}

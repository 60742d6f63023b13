/** What went wrong, for programs. */
export type CartEchoServerErrorCode =
  | 'bad-options'
  | 'port-taken'
  | 'port-not-allowed'
  | 'host-not-here'
  | 'cannot-listen'
  | 'unknown-condition'
  | 'unknown-customer'
  | 'bad-fault'
  | 'bad-headers'

/** What `startServer` and its shop throw: a code for programs, and a message that names the remedy. */
export class CartEchoServerError extends Error {
  override readonly name = 'CartEchoServerError'
  readonly code: CartEchoServerErrorCode

  constructor(code: CartEchoServerErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** What tabs must agree on to share one connection. */
export interface TabsNameParts {
  readonly user: string | null
  /** Whose log the page was rendered from; null where it does not say. */
  readonly owner: string | null
  /** The private channel; null where there is no socket to be had. */
  readonly channel: string | null
  /** The key of the Reverb app, where it is known; null otherwise. */
  readonly key: string | null
  /** The full address of the check; null without one. */
  readonly check: string | null
  /** The events that are listened to. */
  readonly events: Iterable<string>
}

/** Changed whenever tabs of two versions would misunderstand each other: then they do not meet. */
const PROTOCOL = 1

/**
 * The name of the lock and of the bus. Two customers, shops, tenants, environments or versions on one origin never have the same;
 * null where nothing tells a visitor from the next one, or a shop from its neighbour: that tab stands alone.
 */
export const tabsName = ({ user, owner, channel, key, check, events }: TabsNameParts): string | null =>
  owner === null && (user === null || (key === null && check === null))
    ? null
    : `cart-echo/${PROTOCOL} ${JSON.stringify([user, owner, channel, key, check, [...events].sort()])}`

'use client'

import { useCartNews } from 'cart-echo/react'

export function CartNotice() {
  const messages = useCartNews(({ unread }) => unread.flatMap(({ change }) => change.message ?? []))
  return <p role="status">{messages.at(-1)}</p>
}

import { createRenderEffect, createRoot } from 'solid-js'
import { effectScope, watchEffect } from 'vue'
import { cart } from './cart'
import './cart-total'
import { message$ } from './rxjs'
import { useCartMessage } from './solid'
import { useCartSource } from './use-cart-source'

const show = (id: string, text: string): void => {
  const place = document.querySelector(`#${id}`)
  if (place) place.textContent = text
}

createRoot(() => {
  const { message, isLive } = useCartMessage()
  createRenderEffect(() => show('solid', `${isLive()}: ${message() ?? 'Nothing new'}`))
})
message$.subscribe((message) => show('rxjs', message ?? 'Nothing new'))
effectScope().run(() => {
  const news = useCartSource(cart.news)
  const connection = useCartSource(cart.connection)
  watchEffect(() => show('vue', `${connection.value.name}: ${news.value.unread.length} new`))
})
cart.start()

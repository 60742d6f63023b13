import './cart-echo'
import { createInertiaApp } from '@inertiajs/react'
import { createRoot } from 'react-dom/client'
import { Cart } from './cart-page'

createInertiaApp({
  resolve: () => Cart,
  setup: ({ el, App, props }) => createRoot(el).render(<App {...props} />),
  progress: false,
})

import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

export default defineConfig({
  plugins: [react()],
  build: { rollupOptions: { input: 'src/app.jsx', output: { entryFileNames: 'app.js' } } },
})

const expired = new WeakSet<Document>()

/** What the shopper sees of a request that failed: a dialog over the page; for 419 a question, once (js/request/index.js, js/utils/modal.js). */
export const showFailure = (status: number, body: string): void => {
  if (status === 419) {
    if (expired.has(document)) return
    expired.add(document)
    if (confirm('This page has expired.\nWould you like to refresh the page?')) location.reload()
    return
  }
  const dialog = document.createElement('dialog')
  dialog.id = 'livewire-error'
  dialog.textContent = body
  document.body.prepend(dialog)
  dialog.showModal?.()
}

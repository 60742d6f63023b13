/** Asks whether to load the page again, for that reason (js/request/index.js). */
export const askToReload = (reason: string): void => {
  if (confirm(`${reason}\nWould you like to refresh the page?`)) location.reload()
}

/**
 * Shows an answer that is an error in a dialog over the page. There is one of it, moved to the front each time: a second `showModal` on one
 * that was open throws, for moving has closed it and left its `open` (js/utils/modal.js; 3: js/request/modal.js).
 */
export const showHtmlModal = (html: string): void => {
  const dialog = (document.getElementById('livewire-error') as HTMLDialogElement | null) ?? createModal()
  dialog.textContent = html
  document.body.prepend(dialog)
  document.body.style.overflow = 'hidden'
  dialog.showModal()
}

const createModal = (): HTMLDialogElement => {
  const dialog = document.createElement('dialog')
  dialog.id = 'livewire-error'
  dialog.addEventListener('click', () => dialog.close())
  dialog.addEventListener('close', () => {
    dialog.remove()
    document.body.style.overflow = 'visible'
  })
  return dialog
}

// The documents' component has the total in the document's title.
document.addEventListener('cart-conditions-changed', ({ detail }) => {
  const place = document.querySelector('output')
  if (place) place.textContent = detail.changes.new_total ?? ''
})

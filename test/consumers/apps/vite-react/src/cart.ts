export const reloadCart = async (): Promise<void> => {
  const response = await fetch('/api/cart')
  if (!response.ok) throw new Error(`The cart answered ${response.status}.`)
}

/** Gives back the least of what was put in, in the logarithm of the time. */
export interface Heap<Item> {
  readonly push: (item: Item) => void
  /** The least; undefined when there is none. */
  readonly peek: () => Item | undefined
  /** Takes the least out. */
  readonly pop: () => Item | undefined
}

/** A binary heap, empty. */
export const createHeap = <Item>(isBefore: (a: Item, b: Item) => boolean): Heap<Item> => {
  const items: Item[] = []
  const at = (index: number): Item => items[index] as Item

  const lesserChild = (index: number): number => {
    const left = 2 * index + 1
    return left + 1 < items.length && isBefore(at(left + 1), at(left)) ? left + 1 : left
  }

  // The hole moves, and the item is put down once.
  const rise = (from: number, item: Item): void => {
    let hole = from
    for (let parent = (hole - 1) >> 1; hole > 0 && isBefore(item, at(parent)); parent = (hole - 1) >> 1) {
      items[hole] = at(parent)
      hole = parent
    }
    items[hole] = item
  }

  const sink = (item: Item): void => {
    let hole = 0
    for (let child = lesserChild(0); child < items.length && isBefore(at(child), item); child = lesserChild(hole)) {
      items[hole] = at(child)
      hole = child
    }
    items[hole] = item
  }

  return {
    push: (item) => {
      items.push(item)
      rise(items.length - 1, item)
    },
    peek: () => items[0],
    pop: () => {
      const least = items[0]
      const last = items.pop()
      if (items.length > 0 && last !== undefined) sink(last)
      return least
    },
  }
}

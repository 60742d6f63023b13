import { type Stop, unclobbered } from '../engine/environment'
import type { Safely } from './dom'
import { fitInto, type Place, type Viewport } from './place'

/** A panel that one moves and resizes by pointer and by keyboard. */
export interface MovableOptions {
  readonly panel: HTMLElement
  /** Grabbed to move it, but for its buttons. */
  readonly head: HTMLElement
  /** The handles for the keyboard; the second is grabbed to resize it, too. */
  readonly mover: HTMLElement
  readonly sizer: HTMLElement
  readonly safely: Safely
  readonly first: Place
  /** Whether only the head is shown: it may be where the whole would have no room. */
  readonly isFolded: () => boolean
  /** Called when it has been moved or resized. */
  readonly moved: (place: Place) => void
}

/** It, and how it is ended. */
export interface Movable {
  readonly place: () => Place
  /** Puts it into the window again, such as after that was resized. */
  readonly refit: () => void
  readonly stop: Stop
}

/** How far an arrow key goes, and with Shift. */
const STEP_PX = 16
const LONG_STEP_PX = 96

const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
}

/** Makes a panel movable. Its place is set by CSSOM, which no content security policy minds. */
export const makeMovable = ({ panel, head, mover, sizer, safely, first, isFolded, moved }: MovableOptions): Movable => {
  const listening = new AbortController()
  const { signal } = listening
  let wanted = first

  const fitted = (place: Place): Place =>
    isFolded() ? within(place, { width: panel.offsetWidth, height: panel.offsetHeight }) : fitInto(place, viewport())

  const show = (): void => {
    // A page's `zoom` on `<html>` would push it out of the window.
    const { currentCSSZoom: zoom = 1 } = unclobbered(document, 'documentElement') as { currentCSSZoom?: number }
    if (zoom !== 1) panel.style.setProperty('zoom', `${1 / zoom}`)
    else panel.style.removeProperty('zoom')
    const { x, y, width, height } = fitted(wanted)
    panel.style.setProperty('left', `${x}px`)
    panel.style.setProperty('top', `${y}px`)
    panel.style.setProperty('width', `${width}px`)
    panel.style.setProperty('--height', `${height}px`)
  }

  const change = safely((next: Place): void => {
    wanted = fitted(next)
    show()
    moved(wanted)
  })
  const moveBy = (place: Place, x: number, y: number): Place => ({ ...place, x: place.x + x, y: place.y + y })
  const growBy = (place: Place, x: number, y: number): Place => {
    const { width, height } = viewport()
    return {
      ...place,
      width: Math.min(place.width + x, width - place.x),
      height: Math.min(place.height + y, height - place.y),
    }
  }

  const byKey = (handle: HTMLElement, by: typeof moveBy): void =>
    handle.addEventListener(
      'keydown',
      (event) => {
        const arrow = ARROWS[event.key]
        if (!arrow) return
        event.preventDefault()
        const step = event.shiftKey ? LONG_STEP_PX : STEP_PX
        change(by(fitted(wanted), arrow[0] * step, arrow[1] * step))
      },
      { signal },
    )

  const byPointer = (handle: HTMLElement, by: typeof moveBy): void => {
    let grabbed: { readonly place: Place; readonly x: number; readonly y: number } | null = null
    const grab = (event: PointerEvent): void => {
      const pressed = (event.target as Element).closest('button')
      if (event.button !== 0 || (pressed && pressed !== mover && pressed !== sizer)) return
      grabbed = { place: fitted(wanted), x: event.clientX, y: event.clientY }
      handle.setPointerCapture(event.pointerId)
    }
    const drag = ({ clientX, clientY }: PointerEvent): void => {
      if (grabbed) change(by(grabbed.place, clientX - grabbed.x, clientY - grabbed.y))
    }
    const letGo = (): void => {
      grabbed = null
    }
    handle.addEventListener('pointerdown', grab, { signal })
    handle.addEventListener('pointermove', drag, { signal })
    handle.addEventListener('pointerup', letGo, { signal })
    handle.addEventListener('pointercancel', letGo, { signal })
  }

  byKey(mover, moveBy)
  byKey(sizer, growBy)
  byPointer(head, moveBy)
  byPointer(sizer, growBy)
  addEventListener('resize', safely(show), { signal })
  show()
  return { place: () => wanted, refit: show, stop: () => listening.abort() }
}

/** The same place, where something of another size is wholly within the window. */
const within = (place: Place, size: Viewport): Place => {
  const { width, height } = viewport()
  const between = (value: number, most: number): number => Math.round(Math.max(0, Math.min(value, most)))
  return { ...place, x: between(place.x, width - size.width), y: between(place.y, height - size.height) }
}

/** The window without its scroll bars. */
export const viewport = (): Viewport => {
  const { clientWidth, clientHeight } = unclobbered(document, 'documentElement')
  return { width: clientWidth || innerWidth, height: Math.min(clientHeight || innerHeight, innerHeight) }
}

import { type Actor, openActor } from './actor'
import { RECORDED_KEY } from './recorded-applications'
import { entranceOf } from './stage'
import type { Credentials, Target } from './target'

/** The connections of a recording, by the recorder's names. */
export interface Cast {
  /** Opens a connection under a name; gives why not when the target has no such application. */
  open(section: string, socket: string, autoPong?: boolean): Actor | string
  /** The last connection of that name; null without one. */
  find(socket: string): Actor | null
  /** The application a connection was opened on. */
  credentials(socket: string): Credentials
  /** Every name that has a connection. */
  names(): readonly string[]
  /** Ends them all. */
  end(): void
}

/** Nobody is connected yet. */
export const createCast = (target: Target): Cast => {
  const [actors, apps] = [new Map<string, Actor>(), new Map<string, Credentials>()]
  const credentialsFor = (key: string): Credentials | null =>
    key === RECORDED_KEY ? target.main : (target.others.get(key) ?? null)

  return {
    open: (section, socket, autoPong) => {
      const { app, path = '/app/{key}?protocol=7', origin } = entranceOf(section, socket)
      const credentials = credentialsFor(app)
      actors.get(socket)?.end()
      actors.delete(socket)
      if (!credentials) return `needs the application ${app}`
      const actor = openActor({ url: target.wsUrl + path.replace('{key}', credentials.key), origin, autoPong })
      actors.set(socket, actor)
      apps.set(socket, credentials)
      return actor
    },
    find: (socket) => actors.get(socket) ?? null,
    credentials: (socket) => apps.get(socket) ?? target.main,
    names: () => [...actors.keys()],
    end: () => {
      for (const actor of actors.values()) actor.end()
    },
  }
}

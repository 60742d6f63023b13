import { cpus } from 'node:os'

const timesOfCores = () =>
  cpus().reduce(
    ({ idle, all }, { times }) => ({
      idle: idle + times.idle,
      all: all + times.user + times.nice + times.sys + times.idle + times.irq,
    }),
    { idle: 0, all: 0 },
  )

/**
 * Notes once a second how busy the machine is, whoever keeps it so. `judge` says of something that began then, by `performance.now()`, and did not come, whether
 * it was held up or hung.
 */
export const watchLoad = (timesOf = timesOfCores) => {
  /** @type {{ atMs: number, busy: number }[]} */
  const noted = []
  let before = timesOf()
  const note = () => {
    const now = timesOf()
    noted.push({ atMs: performance.now(), busy: 1 - (now.idle - before.idle) / Math.max(1, now.all - before.all) })
    before = now
  }
  const timer = setInterval(note, 1_000)
  timer.unref()
  return {
    stop: () => clearInterval(timer),
    /** @param {number} sinceMs */
    judge: (sinceMs) => {
      const since = noted.filter(({ atMs }) => atMs > sinceMs)
      if (since.length === 0) return 'It took less than a second.'
      const busy = since.reduce((sum, one) => sum + one.busy, 0) / since.length
      const share = `The machine was ${Math.round(busy * 100)} % busy meanwhile`
      return busy > 0.9
        ? `${share}: it may have been slow.`
        : `${share}: nothing on this machine held it up, so it hung.`
    },
  }
}

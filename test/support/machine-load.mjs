import { cpus } from 'node:os'

const timesOf = () =>
  cpus().reduce(
    ({ idle, all }, { times }) => ({
      idle: idle + times.idle,
      all: all + times.user + times.nice + times.sys + times.idle + times.irq,
    }),
    { idle: 0, all: 0 },
  )

/**
 * Notes once a second how busy the machine is, whoever keeps it so. `judge` says of something that began then, and did not come, whether that was slowness.
 */
export const watchLoad = () => {
  /** @type {{ atMs: number, busy: number }[]} */
  const noted = []
  let before = timesOf()
  const timer = setInterval(() => {
    const now = timesOf()
    noted.push({ atMs: performance.now(), busy: 1 - (now.idle - before.idle) / Math.max(1, now.all - before.all) })
    before = now
  }, 1_000)
  timer.unref()
  return {
    stop: () => clearInterval(timer),
    judge: (sinceMs) => {
      const since = noted.filter(({ atMs }) => atMs >= sinceMs)
      const busy = since.reduce((sum, one) => sum + one.busy, 0) / Math.max(1, since.length)
      const share = `The machine was ${Math.round(busy * 100)} % busy meanwhile`
      return busy > 0.9 ? `${share}: this may be slowness.` : `${share}: nothing held it up, so it hung.`
    },
  }
}

import { mkdirSync, writeFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { answersWell, freePorts, type OwnProcess, openProcess } from './own-process'

/** A real nginx in a process of its own, before a shop and the nodes of its sockets. */
export interface Nginx extends OwnProcess {
  readonly port: number
  /** Has it read its configuration anew, as after a deploy. */
  readonly reload: () => void
}

/** What it is put before. */
interface NginxOptions {
  /** The text of laravel/deploy/nginx.conf. */
  readonly shipped: string
  /** The ports of the nodes. */
  readonly nodes: readonly number[]
  /** The port of the shop. */
  readonly shop: number
}

/** Makes one ready to start. */
export const openNginx = async (options: NginxOptions): Promise<Nginx> => {
  const [port = 0] = await freePorts(1)
  const nginx = openProcess({
    name: 'nginx',
    command: (folder) => {
      const file = join(folder, 'nginx.conf')
      mkdirSync(join(folder, 'logs'), { recursive: true })
      writeFileSync(file, configOf(port, options))
      return ['nginx', '-p', folder, '-c', file, '-e', 'logs/error.log']
    },
    isReady: () => answersWell(`http://127.0.0.1:${port}/nginx-is-there`),
    // A killed one leaves its workers behind.
    lastSignal: 'SIGTERM',
  })
  return { ...nginx, port, reload: () => nginx.signal('SIGHUP') }
}

const configOf = (port: number, options: NginxOptions): string => {
  const { upstream, locations } = filledIn(options)
  return `daemon off;
user ${userInfo().username};
worker_processes 1;
# By its own default a worker that is to go keeps its sockets until they end: a reload would strike nobody.
worker_shutdown_timeout 1s;
pid nginx.pid;
error_log logs/error.log;
events { worker_connections 2048; }
http {
  access_log off;
  client_body_temp_path body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  ${upstream}
  server {
    listen 127.0.0.1:${port};
    ${locations}
    location = /nginx-is-there { return 204; }
    location / {
      proxy_pass http://127.0.0.1:${options.shop};
      proxy_set_header Host $http_host;
    }
  }
}
`
}

/** The file that ships, with what it leaves to the reader taken out of its comments, and our addresses in the place of its own. */
const filledIn = ({ shipped, nodes }: NginxOptions): { readonly upstream: string; readonly locations: string } => {
  const text = shipped.replace(/^# ?(?=upstream |location |server |allow |deny | {4}|\})/gm, '')
  const [upstream = ''] = /^upstream reverb \{\n(?: +server .*;\n)+\}$/m.exec(text) ?? []
  const locations = [...text.matchAll(/^location \/(?:app|apps)\/ \{\n[\s\S]*?^\}$/gm)].map(([block]) => block)
  if (upstream === '' || locations.length !== 2)
    throw new Error('laravel/deploy/nginx.conf has other blocks than these.')
  let node = 0
  return {
    upstream: upstream.replace(/\d+\.\d+\.\d+\.\d+:\d+/g, () => `127.0.0.1:${nodes[node++]}`),
    locations: locations
      .join('\n')
      .replaceAll('http://127.0.0.1:8080', 'http://reverb')
      .replace('allow 10.0.0.0/8;', 'allow 127.0.0.1;'),
  }
}

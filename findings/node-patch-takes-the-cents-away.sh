#!/usr/bin/env bash
# How many decimals a price has is changed by a patch of Node. What `Intl.NumberFormat` shows as IDR 1,234.50 in Node 20.20.0, it shows as IDR 1,235 in 20.20.1, and so the Hungarian forint, the Colombian peso and the
# Pakistani rupee: with ICU 78 they have no decimals any more (as in 22.22.1 after 22.22.0, and 24.14.0 after 24.13.0). Chromium 156 does the same; Firefox 153.8.0 ESR goes by ISO 4217, and has two.
# So the same price on the same page is rounded by one and not by the other, a page that Node rendered is not what Firefox hydrates, and lines do not sum up to their total. Worse is what gets the divisor of minor
# units from `resolvedOptions().maximumFractionDigits`: 123450 becomes 1,234.50 here and 123,450 there, a hundredfold. MDN's page on it has all of them by ISO 4217. The numbers were changed on purpose
# (https://github.com/unicode-org/cldr/pull/4936), and the standard has left them open since 2024 (https://github.com/tc39/ecma402/pull/922).
# Says so for Linux. Needs Firefox, which npm has not: apt-get install firefox-esr (Debian). Debian's Chromium is tried, too, where it is installed.
# Seen: as below.
set -euo pipefail
[ -x /usr/bin/firefox-esr ] || { echo "Needs Firefox: apt-get install firefox-esr"; exit 1; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund --ignore-scripts puppeteer-core@24.43.1
cat > prices.js <<'JS'
['IDR', 'HUF', 'COP', 'PKR', 'MYR'].map((currency) => {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency })
  const divisor = 10 ** format.resolvedOptions().maximumFractionDigits
  return `${currency} ${[1234.5, 123450 / divisor].map((price) => format.format(price).slice(4)).join(' ')}`
}).join(', ')
JS
cat > run.mjs <<'JS'
import { existsSync, readFileSync } from 'node:fs'
import puppeteer from 'puppeteer-core'

const browsers = { Firefox: { browser: 'firefox', executablePath: '/usr/bin/firefox-esr' } }
if (existsSync('/usr/bin/chromium')) browsers.Chromium = { executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] }
for (const [name, options] of Object.entries(browsers)) {
  const browser = await puppeteer.launch(options)
  const page = await browser.newPage()
  console.log(`${name}: ${await page.evaluate(readFileSync('prices.js', 'utf8'))}`)
  await browser.close()
}
process.exit(0)
JS
seen=$(
  for version in 20.20.0 20.20.1; do
    npm install --silent --no-audit --no-fund --ignore-scripts "node-linux-$(node -p process.arch)@$version"
    echo "Node $version: $("node_modules/node-linux-$(node -p process.arch)/bin/node" -p "$(cat prices.js)")"
  done
  node run.mjs
)
echo "$seen"
cents='IDR 1,234.50 1,234.50, HUF 1,234.50 1,234.50, COP 1,234.50 1,234.50, PKR 1,234.50 1,234.50, MYR 1,234.50 1,234.50'
none='IDR 1,235 123,450, HUF 1,235 123,450, COP 1,235 123,450, PKR 1,235 123,450, MYR 1,234.50 1,234.50'
[ "$(grep -v Chromium <<< "$seen")" = "Node 20.20.0: $cents
Node 20.20.1: $none
Firefox: $cents" ]
[ "$(sed -n 's/^Chromium: //p' <<< "$seen")" = "$([ -x /usr/bin/chromium ] && echo "$none")" ]

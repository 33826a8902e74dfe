// Sends with an unchanged @segment/analytics-node: node send.mjs URL WRITE_KEY COUNT PREFIX
// Prints {"ids": [...], "errors": [...]} when everything is flushed.
import { Analytics } from '@segment/analytics-node'

const [url, writeKey, count, prefix] = process.argv.slice(2)
const analytics = new Analytics({ host: url, writeKey, flushInterval: 200, maxRetries: 12 })
const errors = []
const ids = []
analytics.on('error', (error) => errors.push(String(error.code ?? error)))

const done = []
function send(type, event) {
  const messageId = `${prefix}-${type}-${ids.length}`
  ids.push(messageId)
  done.push(new Promise((resolve) => analytics[type]({ ...event, messageId }, resolve)))
}

for (let n = 0; n < Number(count); n += 1) {
  const userId = `u${n % 7}`
  send('track', { userId, event: 'سفارش ثبت شد', properties: { n, price: 120000.5 } })
  if (n % 10 === 0) send('identify', { userId, traits: { email: `U${n}@Example.ir`, name: 'سارا' } })
  if (n % 10 === 1) send('page', { anonymousId: `a${n}`, name: 'خانه', properties: { path: '/' } })
  if (n % 10 === 2) send('screen', { userId, name: 'Cart' })
  if (n % 10 === 3) send('group', { userId, groupId: 'g1', traits: { plan: 'gold' } })
  if (n % 10 === 4) send('alias', { userId, previousId: `a${n}` })
}
await Promise.all(done)
await analytics.closeAndFlush({ timeout: 60000 })
console.log(JSON.stringify({ ids, errors }))

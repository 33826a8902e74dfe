// Sends a visit's events through window.analytics; returns their ids once all were handed over.
async ([count, prefix]) => {
  const ids = []
  const id = (type) => {
    const messageId = `${prefix}-${type}-${ids.length}`
    ids.push(messageId)
    return { messageId }
  }
  const calls = []
  for (let n = 0; n < count; n += 1) {
    calls.push(window.analytics.track('محصول دیده شد', { n, price: 120000.5 }, id('track')))
    if (n % 8 === 0) calls.push(window.analytics.identify(`u${n}`, { email: `u${n}@example.ir` }, id('identify')))
    if (n % 8 === 1) calls.push(window.analytics.page('Shop', 'خانه', {}, id('page')))
    if (n % 8 === 2) calls.push(window.analytics.group(`g${n}`, { plan: 'gold' }, id('group')))
    if (n % 8 === 3) calls.push(window.analytics.alias(`u${n}-new`, `u${n}`, id('alias')))
    if (n % 8 === 4) calls.push(window.analytics.screen('App', 'Cart', {}, id('screen')))
  }
  await Promise.all(calls)
  return ids
}

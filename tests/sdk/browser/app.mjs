// The npm build, as an application bundles it. The page sets window.target before.
import { AnalyticsBrowser } from '@segment/analytics-next'

const { url, writeKey, batching } = window.target
const host = new URL(url).host
const destination = { apiHost: `${host}/v1`, protocol: 'http' }
if (batching) {
  destination.deliveryStrategy = { strategy: 'batching', config: { size: 7, timeout: 300 } }
}
window.analytics = AnalyticsBrowser.load(
  { writeKey, cdnURL: url },
  { integrations: { 'Segment.io': destination } },
)

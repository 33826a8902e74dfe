/** Ready code for each client. The libraries are Segment's own; only the address is this server. */
export const CLIENTS = ["browser", "npm", "python", "node", "curl", "csv"] as const;
export type Client = (typeof CLIENTS)[number];

interface SnippetInput {
  origin: string;
  key: string;
  source: string;
}

type Snippet = (input: SnippetInput) => string;

const browser: Snippet = ({ origin, key }) => `<script>
  !function(){var a=window.analytics=window.analytics||[];if(a.initialize||a.invoked)return;
  a.invoked=!0;a.methods=["identify","track","page","group","alias","reset","ready","on","once","off"];
  a.factory=function(m){return function(){var r=[].slice.call(arguments);r.unshift(m);a.push(r);return a}};
  a.methods.forEach(function(m){a[m]=a.factory(m)});
  a._writeKey="${key}";a._cdn="${origin}";
  var s=document.createElement("script");s.async=!0;
  s.src="${origin}/analytics.js/v1/${key}/analytics.min.js";
  document.head.appendChild(s);a.page()}();
</script>`;

const npm: Snippet = ({ origin, key }) => `// npm install @segment/analytics-next
import { AnalyticsBrowser } from "@segment/analytics-next";

const analytics = AnalyticsBrowser.load({ writeKey: "${key}", cdnURL: "${origin}" });

analytics.page();
analytics.identify("u-1", { name: "سارا محمدی", phone: "۰۹۱۲۳۴۵۶۷۸۹" });
analytics.track("Product Viewed", { title: "بوف کور" });`;

const python: Snippet = ({ origin, key }) => `# pip install segment-analytics-python
import segment.analytics as analytics

analytics.write_key = "${key}"
analytics.host = "${origin}"

analytics.identify("u-1", {"name": "سارا محمدی", "phone": "۰۹۱۲۳۴۵۶۷۸۹"})
analytics.track("u-1", "Product Viewed", {"title": "بوف کور"})
analytics.flush()`;

const node: Snippet = ({ origin, key }) => `// npm install @segment/analytics-node
import { Analytics } from "@segment/analytics-node";

const analytics = new Analytics({ writeKey: "${key}", host: "${origin}" });

analytics.track({ userId: "u-1", event: "Product Viewed", properties: { title: "بوف کور" } });
await analytics.closeAndFlush();`;

const curl: Snippet = ({ origin, key }) => `curl ${origin}/v1/track \\
  -u '${key}:' \\
  -d '{"userId": "u-1", "event": "Product Viewed", "properties": {"title": "بوف کور"}}'`;

const csv: Snippet = ({ source }) => `hamsafar import orders.csv --data DIR --source ${source} \\
  --event "Order Completed" --id order_id --tz Asia/Tehran`;

const SNIPPETS: Record<Client, Snippet> = { browser, npm, python, node, curl, csv };

export function snippet(client: Client, input: SnippetInput): string {
  return SNIPPETS[client](input);
}

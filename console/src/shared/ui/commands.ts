/** Commands that empty pages teach. The key stays a placeholder: keys are shown on their source. */
const origin = typeof location === "undefined" ? "http://127.0.0.1:8765" : location.origin;

export const CLIENT_EXAMPLE = `curl ${origin}/v1/track -u WRITE_KEY: -d '{"userId": "u-1", "event": "Product Viewed"}'`;

import createClient, { type Middleware } from "openapi-fetch";
import { Problem, toProblem } from "./problem";
import type { paths } from "./schema";

let csrf = "";

/** The token that every writing request must carry; the server gives it with the account. */
export function rememberCsrf(token: string): void {
  csrf = token;
}

const guard: Middleware = {
  onRequest({ request }) {
    if (request.method !== "GET") request.headers.set("X-CSRF-Token", csrf);
    return request;
  },
};

export const api = createClient<paths>({ baseUrl: "", credentials: "same-origin" });
api.use(guard);

type Answer<T> = { data?: T; error?: unknown; response: Response };

/** Unwrap an answer: its data, or a thrown Problem. */
export async function ask<T>(answer: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await answer.catch((cause: unknown) => {
    if (cause instanceof DOMException && cause.name === "AbortError") throw cause;
    throw new Problem(0, "unreachable", "");
  });
  if (!response.ok) throw toProblem(response.status, error);
  return data as T;
}

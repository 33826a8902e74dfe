import { QueryCache, QueryClient } from "@tanstack/react-query";
import { Problem } from "@/shared/api/problem";

const MAX_RETRIES = 2;

/** Only what may pass by itself is tried again: no answer, or a fault of the server. */
function worthRetrying(failures: number, error: unknown): boolean {
  const passing = error instanceof Problem && (error.status === 0 || error.status >= 500);
  return passing && failures < MAX_RETRIES;
}

/** A client that calls `onSignedOut` when a session has ended. */
export function makeQueryClient(onSignedOut: () => void): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({
      onError: (error, query) => {
        const ended = error instanceof Problem && error.status === 401;
        if (ended && query.queryKey[0] !== "me") onSignedOut();
      },
    }),
    defaultOptions: { queries: { retry: worthRetrying, staleTime: 5000 } },
  });
}

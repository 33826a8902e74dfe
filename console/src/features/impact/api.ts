import { infiniteQueryOptions, queryOptions, skipToken } from "@tanstack/react-query";
import { api, ask } from "@/shared/api/client";
import type { ImpactAnswer, ImpactAsk } from "./types";

type Post = (
  path: string,
  init: object,
) => Promise<{ data?: unknown; error?: unknown; response: Response }>;
/** Each kind of question has its own address. */
const post = api.POST as unknown as Post;

const MINUTE_MS = 60_000;
const PAGE = 50;

/** The answer to a question about impact; while it is not complete, nothing is asked. */
export const impactQuery = (question: ImpactAsk | null) =>
  queryOptions({
    queryKey: ["impact", question],
    staleTime: MINUTE_MS,
    queryFn:
      question === null
        ? skipToken
        : ({ signal }) =>
            ask(
              post(`/api/impact/${question.kind}`, { body: question, signal }),
            ) as Promise<ImpactAnswer>,
  });

/** Exactly the people whom a cell of an answer counts. */
export const impactPeopleQuery = (question: ImpactAsk, cell: string) =>
  infiniteQueryOptions({
    queryKey: ["impact", "people", question, cell],
    initialPageParam: "",
    staleTime: MINUTE_MS,
    queryFn: ({ pageParam, signal }) =>
      ask(
        api.POST("/api/impact/people", {
          body: { question, cell, cursor: pageParam || null, limit: PAGE },
          signal,
        }),
      ),
    getNextPageParam: (page) => page.next ?? undefined,
  });

import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, ask } from "@/shared/api/client";

const PAGE = 50;
const TIMELINE_PAGE = 100;
const WATCH_MS = 5000;

export const peopleQuery = (q: string) =>
  infiniteQueryOptions({
    queryKey: ["people", "list", q],
    initialPageParam: "",
    queryFn: ({ pageParam, signal }) =>
      ask(
        api.GET("/api/people", {
          params: {
            query: {
              limit: PAGE,
              ...(q === "" ? {} : { q }),
              ...(pageParam === "" ? {} : { cursor: pageParam }),
            },
          },
          signal,
        }),
      ),
    getNextPageParam: (page) => page.next ?? undefined,
  });

export const personQuery = (person: string) =>
  queryOptions({
    queryKey: ["person", person],
    refetchInterval: WATCH_MS,
    queryFn: ({ signal }) =>
      ask(
        api.GET("/api/people/{person}", { params: { path: { person: Number(person) } }, signal }),
      ),
  });

export interface TimelineFilter {
  name: string;
  channel: string;
  from?: string;
  to?: string;
}

export const timelineQuery = (person: string, filter: TimelineFilter) =>
  infiniteQueryOptions({
    queryKey: ["person", person, "timeline", filter],
    initialPageParam: "",
    queryFn: ({ pageParam, signal }) => {
      const asked = { ...filter, cursor: pageParam };
      const given = Object.entries(asked).filter(
        ([, value]) => value !== "" && value !== undefined,
      );
      const query = { limit: TIMELINE_PAGE, ...Object.fromEntries(given) };
      const params = { path: { person: Number(person) }, query };
      return ask(api.GET("/api/people/{person}/timeline", { params, signal }));
    },
    getNextPageParam: (page) => page.next ?? undefined,
  });

export const identityQuery = (person: string) =>
  queryOptions({
    queryKey: ["person", person, "identity"],
    queryFn: ({ signal }) =>
      ask(
        api.GET("/api/people/{person}/identity", {
          params: { path: { person: Number(person) } },
          signal,
        }),
      ),
  });

import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";
import type { UrlSearch } from "./search";

type Change = (patch: UrlSearch, options?: { replace?: boolean }) => void;

/** State of a page, kept in its address: read by `parse`, changed by a patch; undefined removes. */
export function useUrl<T>(parse: (search: UrlSearch) => T): [T, Change] {
  const search: UrlSearch = useSearch({ strict: false });
  const navigate = useNavigate();
  const state = useMemo(() => parse(search), [parse, search]);
  const change = useCallback<Change>(
    (patch, options) => {
      void navigate({
        to: ".",
        search: (now: UrlSearch) => ({ ...now, ...patch }),
        replace: options?.replace ?? false,
      });
    },
    [navigate],
  );
  return [state, change];
}

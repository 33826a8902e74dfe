import { Button, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Empty } from "@/shared/ui/empty";
import { Page, Section } from "@/shared/ui/page";
import { ProblemNote } from "@/shared/ui/problem-note";
import { Lines } from "@/shared/ui/query-view";
import { one, type UrlSearch } from "@/shared/url/search";
import { useUrl } from "@/shared/url/use-url";
import { peopleQuery } from "./api";
import { PeopleTable } from "./people-table";

const parse = (search: UrlSearch) => ({ q: one(search, "q") });
const WAIT_MS = 200;

/** Search by any identifier or name; without a search, who was seen last. */
export function CustomersPage() {
  const { t } = useTranslation();
  const [{ q }, setUrl] = useUrl(parse);
  return (
    <Page title={t("customers.title")} lede={t("customers.lede")}>
      <SearchBox q={q} onSearch={(text) => setUrl({ q: text || undefined }, { replace: true })} />
      <Section title={q === "" ? t("customers.recent") : t("customers.found")}>
        <Results q={q} />
      </Section>
    </Page>
  );
}

function SearchBox({ q, onSearch }: { q: string; onSearch: (text: string) => void }) {
  const { t } = useTranslation();
  const [text, setText] = useState(q);
  const search = useDebouncedCallback(onSearch, WAIT_MS);
  return (
    <TextInput
      type="search"
      size="md"
      maw={560}
      aria-label={t("common.search")}
      placeholder={t("customers.placeholder")}
      leftSection={<IconSearch size={19} />}
      value={text}
      onChange={(event) => {
        setText(event.currentTarget.value);
        search(event.currentTarget.value.trim());
      }}
    />
  );
}

function Results({ q }: { q: string }) {
  const { t } = useTranslation();
  const people = useInfiniteQuery({ ...peopleQuery(q), placeholderData: keepPreviousData });
  if (people.isError)
    return <ProblemNote error={people.error} retry={() => void people.refetch()} />;
  if (!people.data) return <Lines count={10} />;
  const rows = people.data.pages.flatMap((page) => page.items);
  if (rows.length === 0 && q !== "") {
    return <Empty title={t("customers.noMatch", { q })} text={t("customers.noMatchText")} />;
  }
  if (rows.length === 0) {
    return (
      <Empty
        title={t("customers.empty")}
        text={t("customers.emptyText")}
        command="hamsafar import orders.csv --data DIR"
      />
    );
  }
  return (
    <>
      <PeopleTable rows={rows} />
      {people.hasNextPage && (
        <Button
          mt="md"
          variant="default"
          loading={people.isFetchingNextPage}
          onClick={() => void people.fetchNextPage()}
        >
          {t("common.more")}
        </Button>
      )}
    </>
  );
}

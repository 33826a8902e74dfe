import { useDebouncedValue } from "@mantine/hooks";
import { Spotlight } from "@mantine/spotlight";
import { IconSearch, IconUser } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ask } from "@/shared/api/client";
import { useMe } from "@/shared/api/session";
import { usePersonName } from "@/shared/ui/names";
import { PLACES } from "./places";

const PEOPLE_SHOWN = 6;

function useFoundPeople(text: string) {
  const [q] = useDebouncedValue(text.trim(), 150);
  return useQuery({
    queryKey: ["people", "palette", q],
    enabled: q !== "",
    queryFn: ({ signal }) =>
      ask(api.GET("/api/people", { params: { query: { q, limit: PEOPLE_SHOWN } }, signal })),
  });
}

/** Search over pages and people, from anywhere. */
export function Palette() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const permissions = useMe()?.permissions ?? [];
  const personName = usePersonName();
  const [text, setText] = useState("");
  const people = useFoundPeople(text).data?.items ?? [];
  const wanted = text.trim().toLowerCase();
  const places = PLACES.filter(
    (place) =>
      permissions.includes(place.needs) &&
      (t(`shell.nav.${place.id}`).toLowerCase().includes(wanted) || place.id.includes(wanted)),
  );
  return (
    <Spotlight.Root
      query={text}
      onQueryChange={setText}
      shortcut="mod + K"
      scrollable
      // No animation: what is typed at once after the key must not be lost.
      transitionProps={{ duration: 0 }}
      maxHeight={420}
    >
      <Spotlight.Search
        placeholder={t("shell.find")}
        aria-label={t("shell.find")}
        leftSection={<IconSearch size={18} />}
      />
      <Spotlight.ActionsList>
        {people.length > 0 && (
          <Spotlight.ActionsGroup label={t("shell.people")}>
            {people.map((one) => (
              <Spotlight.Action
                key={one.person}
                label={personName(one.label)}
                description={one.identifiers.map((id) => id.value).join(" · ")}
                leftSection={<IconUser size={18} />}
                onClick={() =>
                  void navigate({ to: "/customers/$person", params: { person: one.person } })
                }
              />
            ))}
          </Spotlight.ActionsGroup>
        )}
        {places.length > 0 && (
          <Spotlight.ActionsGroup label={t("shell.pages")}>
            {places.map(({ id, to, icon: Icon }) => (
              <Spotlight.Action
                key={id}
                label={t(`shell.nav.${id}`)}
                leftSection={<Icon size={18} />}
                onClick={() => void navigate({ to })}
              />
            ))}
          </Spotlight.ActionsGroup>
        )}
        {people.length + places.length === 0 && (
          <Spotlight.Empty>{t("shell.noMatch")}</Spotlight.Empty>
        )}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  );
}

import { Plain } from "@/shared/ui/names";

/** What a problem's events say of its cause: "gateway=saman" reads "gateway: saman". */
function splitCause(cause: string | null): { name: string; value: string } | null {
  if (!cause) return null;
  const at = cause.indexOf("=");
  return { name: cause.slice(0, at), value: cause.slice(at + 1) };
}

/** Where it is and, if the events say so, from which cause. */
export function Place({ place, cause }: { place: string; cause: string | null }) {
  const said = splitCause(cause);
  return (
    <>
      <Plain>{place}</Plain>
      {place !== "" && said && " · "}
      {said && (
        <bdi dir="ltr" title={said.name}>
          {said.value}
        </bdi>
      )}
    </>
  );
}

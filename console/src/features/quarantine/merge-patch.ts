/** JSON merge patch (RFC 7396), for showing what a fix will do before it is done. */
type Json = Record<string, unknown>;

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const result: Json = isObject(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = mergePatch(result[key], value);
  }
  return result;
}

/** Read a fix from text: an object, nothing for empty text, or what is wrong with it. */
export function readFix(text: string): { fix?: Json; problem?: string } {
  if (text.trim() === "") return {};
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? { fix: value } : { problem: "{ … }" };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : "" };
  }
}

/** A first draft of the fix for a reason: the field to fill in. */
export function draftFix(reason: string, field: string): string {
  const drafts: Record<string, Json> = {
    no_identity: { userId: "" },
    no_name: { event: "" },
    bad_type: { type: "track" },
    bad_field: field && !field.includes(".") ? { [field]: null } : {},
    id_conflict: { messageId: null },
  };
  const draft = drafts[reason];
  return draft && Object.keys(draft).length > 0 ? JSON.stringify(draft, null, 2) : "";
}

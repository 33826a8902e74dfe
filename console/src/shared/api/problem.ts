/** What the server says when it cannot do something: problem JSON with its HTTP status. */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly where: string | null;

  constructor(status: number, code: string, detail: string, where: string | null = null) {
    super(detail);
    this.name = "Problem";
    this.status = status;
    this.code = code;
    this.where = where;
  }
}

function text(value: unknown, fallback: string): string {
  return typeof value === "string" && value !== "" ? value : fallback;
}

/** Read any error body; a proxy or a dead server may answer something that is not problem JSON. */
export function toProblem(status: number, body: unknown): Problem {
  const fields = (typeof body === "object" && body !== null ? body : {}) as Record<string, unknown>;
  const where = typeof fields.where === "string" && fields.where !== "" ? fields.where : null;
  return new Problem(status, text(fields.error, `http_${status}`), text(fields.detail, ""), where);
}

/** Names for the shapes that the server's OpenAPI document declares. */
import type { components } from "./schema";

type Schemas = components["schemas"];

export type Me = Schemas["Me"];
export type Workspace = Schemas["WorkspaceShape"];
export type OneTimeLink = Schemas["LinkShape"];
export type User = Schemas["User"];
export type ApiToken = Schemas["ApiTokenShape"];
export type Pulse = Schemas["PulseShape"];
export type PersonRow = Schemas["PersonRow"];
export type Person = Schemas["Person"];
export type TimelineEvent = Schemas["TimelineEventShape"];
export type IdentityStory = Schemas["IdentityStory"];
export type Claim = Schemas["ClaimShape"];
export type Job = Schemas["JobShape"];
export type Role = NonNullable<Schemas["UserChange"]["role"]>;
export type Permission = Schemas["Permission"];
export type Graph = Schemas["GraphShape"];
export type GraphEdge = Schemas["GraphEdge"];
export type CellPeople = Schemas["CellPeopleShape"];
export type CellPerson = Schemas["CellPersonShape"];
export type Variant = Schemas["VariantShape"];
export type Source = Schemas["SourceShape"];
export type SourceDetail = Schemas["SourceDetail"];
export type WriteKey = Schemas["WriteKeyShape"];
export type QuarantineItem = Schemas["QuarantineItem"];
export type AuditRow = Schemas["AuditRowShape"];

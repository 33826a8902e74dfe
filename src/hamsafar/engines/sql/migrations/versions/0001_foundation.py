"""Foundation: workspace, access, sources, identity, profiles, pipeline, history manifest."""

from __future__ import annotations

from hamsafar.engines.sql.migrations.words import create

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE workspace (
    id {id}, name {text} NOT NULL, zone {text} NOT NULL, currency {text} NOT NULL,
    calendar {text} NOT NULL, week_start {text} NOT NULL, country {text} NOT NULL,
    language {text} NOT NULL, epoch BIGINT NOT NULL, data_version BIGINT NOT NULL,
    created_at BIGINT NOT NULL, moved_at BIGINT);

CREATE TABLE source (
    id {id}, slug {text} NOT NULL UNIQUE, name {text} NOT NULL, channel {text} NOT NULL,
    zone {text} NOT NULL, retention_days BIGINT NOT NULL, bots {text} NOT NULL,
    internal_networks {text} NOT NULL, silent_after_s BIGINT NOT NULL,
    created_at BIGINT NOT NULL, archived_at BIGINT);
CREATE TABLE write_key (
    id {text} PRIMARY KEY, source_id BIGINT NOT NULL, name {text} NOT NULL,
    hash {bytes} NOT NULL UNIQUE, created_at BIGINT NOT NULL, revoked_at BIGINT);
CREATE INDEX write_key_source ON write_key (source_id);

CREATE TABLE account (
    id {text} PRIMARY KEY, email {text} NOT NULL UNIQUE, name {text} NOT NULL, role {text} NOT NULL,
    password_hash {text}, language {text} NOT NULL, created_at BIGINT NOT NULL,
    disabled_at BIGINT);
CREATE TABLE session (
    hash {bytes} PRIMARY KEY, account_id {text} NOT NULL,
    created_at BIGINT NOT NULL, seen_at BIGINT NOT NULL, expires_at BIGINT NOT NULL);
CREATE INDEX session_account ON session (account_id);
CREATE TABLE one_time_link (
    hash {bytes} PRIMARY KEY, purpose {text} NOT NULL, account_id {text}, email {text} NOT NULL,
    role {text} NOT NULL, created_at BIGINT NOT NULL, expires_at BIGINT NOT NULL, used_at BIGINT);
CREATE TABLE api_token (
    id {text} PRIMARY KEY, name {text} NOT NULL, hash {bytes} NOT NULL UNIQUE,
    prefix {text} NOT NULL, scopes {text} NOT NULL, created_by {text} NOT NULL,
    created_at BIGINT NOT NULL, expires_at BIGINT, last_used_at BIGINT, revoked_at BIGINT);
CREATE TABLE audit (
    id {auto}, at BIGINT NOT NULL, actor {text} NOT NULL, action {text} NOT NULL,
    subject_kind {text} NOT NULL, subject {text} NOT NULL, purpose {text} NOT NULL,
    detail {text} NOT NULL, previous {bytes} NOT NULL, hash {bytes} NOT NULL);
CREATE INDEX audit_subject ON audit (subject_kind, subject, id);

CREATE TABLE name (
    code {id}, name {text} NOT NULL UNIQUE, source_id BIGINT NOT NULL);
CREATE INDEX name_source ON name (source_id);
CREATE TABLE channel (code {id}, name {text} NOT NULL UNIQUE);

CREATE TABLE node (
    id {id}, kind {text} NOT NULL, value {text} NOT NULL, hash {bytes} NOT NULL UNIQUE,
    person BIGINT NOT NULL, first_seen_at BIGINT NOT NULL, source_id BIGINT NOT NULL,
    users BIGINT NOT NULL, links BIGINT NOT NULL);
CREATE INDEX node_person ON node (person);
CREATE TABLE claim (
    edge {id}, a BIGINT NOT NULL, b BIGINT NOT NULL, occurred_at BIGINT NOT NULL,
    message_id {text} NOT NULL, source_id BIGINT NOT NULL, received_at BIGINT NOT NULL,
    verdict {text} NOT NULL);
CREATE INDEX claim_a ON claim (a);
CREATE INDEX claim_b ON claim (b);
CREATE TABLE severance (
    id {text} PRIMARY KEY, a BIGINT NOT NULL, b BIGINT NOT NULL, made_at BIGINT NOT NULL,
    made_by {text} NOT NULL, reason {text} NOT NULL, undone_at BIGINT, undone_by {text});
CREATE INDEX severance_a ON severance (a, b);
CREATE INDEX severance_b ON severance (b);
CREATE TABLE identity_change (
    version {auto}, node BIGINT NOT NULL, person_from BIGINT NOT NULL,
    person_to BIGINT NOT NULL, cause {text} NOT NULL, cause_a BIGINT NOT NULL,
    cause_b BIGINT NOT NULL, changed_at BIGINT NOT NULL);
CREATE INDEX identity_change_node ON identity_change (node);
CREATE INDEX identity_change_erased ON identity_change (version) WHERE cause = 'erased';
CREATE INDEX identity_change_from ON identity_change (person_from);
CREATE INDEX identity_change_to ON identity_change (person_to);

CREATE TABLE activity (node {id}, state {bytes} NOT NULL);
CREATE TABLE traits (node {id}, state {bytes} NOT NULL);
CREATE TABLE search_token (
    token {text} NOT NULL, node BIGINT NOT NULL, PRIMARY KEY (token, node));
CREATE INDEX search_token_node ON search_token (node);

CREATE TABLE position (
    reader {text} NOT NULL, lane {text} NOT NULL, part BIGINT NOT NULL, seq BIGINT NOT NULL,
    updated_at BIGINT NOT NULL, PRIMARY KEY (reader, lane, part));
CREATE TABLE recent (
    seq_first {id}, lane {text} NOT NULL, part BIGINT NOT NULL, seq_last BIGINT NOT NULL,
    count BIGINT NOT NULL, created_at BIGINT NOT NULL, block {bytes} NOT NULL);
CREATE TABLE tally (
    minute BIGINT NOT NULL, source_id BIGINT NOT NULL, lane {text} NOT NULL,
    outcome {text} NOT NULL, count BIGINT NOT NULL,
    PRIMARY KEY (minute, source_id, lane, outcome));
CREATE TABLE total (
    source_id BIGINT NOT NULL, lane {text} NOT NULL, outcome {text} NOT NULL,
    count BIGINT NOT NULL, first_at BIGINT NOT NULL, last_at BIGINT NOT NULL,
    PRIMARY KEY (source_id, lane, outcome));
CREATE TABLE quarantine (
    id {auto}, seq BIGINT NOT NULL UNIQUE, source_id BIGINT NOT NULL, lane {text} NOT NULL,
    reason {text} NOT NULL, detail {text} NOT NULL, field {text} NOT NULL,
    message_id {text} NOT NULL, received_at BIGINT NOT NULL, tries BIGINT NOT NULL,
    state {text} NOT NULL, changed_at BIGINT NOT NULL, envelope {bytes} NOT NULL);
CREATE INDEX quarantine_state ON quarantine (state, id);
CREATE INDEX quarantine_reason ON quarantine (reason, state, id);

CREATE TABLE manifest (id {id}, version BIGINT NOT NULL);
CREATE TABLE segment (
    id {text} PRIMARY KEY, level BIGINT NOT NULL, period {text} NOT NULL, bucket BIGINT NOT NULL,
    rows BIGINT NOT NULL, bytes BIGINT NOT NULL, time_min BIGINT NOT NULL,
    time_max BIGINT NOT NULL, seq_min BIGINT NOT NULL, seq_max BIGINT NOT NULL,
    identity_version BIGINT NOT NULL, format BIGINT NOT NULL, added_in BIGINT NOT NULL,
    created_at BIGINT NOT NULL);
CREATE TABLE key_file (
    id {text} PRIMARY KEY, rows BIGINT NOT NULL, bytes BIGINT NOT NULL,
    received_min BIGINT NOT NULL, received_max BIGINT NOT NULL, added_in BIGINT NOT NULL);
CREATE TABLE payload_file (
    id {text} PRIMARY KEY, rows BIGINT NOT NULL, bytes BIGINT NOT NULL,
    place_min BIGINT NOT NULL, place_max BIGINT NOT NULL, added_in BIGINT NOT NULL);

CREATE TABLE job (
    id {text} PRIMARY KEY, kind {text} NOT NULL, args {text} NOT NULL, state {text} NOT NULL,
    done BIGINT NOT NULL, todo BIGINT NOT NULL, result {text} NOT NULL, error {text} NOT NULL,
    requested_by {text} NOT NULL, created_at BIGINT NOT NULL, started_at BIGINT,
    finished_at BIGINT);
CREATE INDEX job_state ON job (state, created_at);
CREATE TABLE alert (
    id {text} PRIMARY KEY, kind {text} NOT NULL, subject {text} NOT NULL, detail {text} NOT NULL,
    opened_at BIGINT NOT NULL, closed_at BIGINT, told_at BIGINT);
CREATE INDEX alert_open ON alert (closed_at, kind);
CREATE TABLE webhook (
    id {text} PRIMARY KEY, url {text} NOT NULL, created_by {text} NOT NULL,
    created_at BIGINT NOT NULL, last_status {text} NOT NULL, last_at BIGINT);
CREATE TABLE heartbeat (
    process {text} PRIMARY KEY, at BIGINT NOT NULL, detail {text} NOT NULL)
"""


def upgrade() -> None:
    """Create every table of the foundation."""
    create(TABLES)


def downgrade() -> None:
    """Refuse: a data folder is never taken back to before its first release."""
    message = "0001 is the first release; there is nothing before it"
    raise RuntimeError(message)

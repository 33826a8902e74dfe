"""SQL of access."""

from __future__ import annotations

from hamsafar.storage.types import Statement


def _select(name: str, columns: str, rest: str) -> Statement:
    return Statement(name, f"SELECT {columns} {rest}")


_ACCOUNT = "id, email, name, role, language, password_hash, created_at, disabled_at"

ACCOUNTS = _select(
    "access.accounts",
    _ACCOUNT,
    "FROM account ORDER BY created_at, id",
)
ACCOUNT = _select("access.account", _ACCOUNT, "FROM account WHERE id = :id")
ACCOUNT_BY_EMAIL = _select("access.account_by_email", _ACCOUNT, "FROM account WHERE email = :email")
WORKING_OWNERS = Statement(
    "access.working_owners",
    "SELECT id FROM account WHERE role = 'owner' AND disabled_at IS NULL"
    " AND password_hash IS NOT NULL",
)
ADD_ACCOUNT = Statement(
    "access.add_account",
    "INSERT INTO account (id, email, name, role, password_hash, language, created_at)"
    " VALUES (:id, :email, :name, :role, :password_hash, :language, :now)",
)
SET_ROLE = Statement("access.set_role", "UPDATE account SET role = :role WHERE id = :id")
SET_DISABLED = Statement(
    "access.set_disabled", "UPDATE account SET disabled_at = :disabled_at WHERE id = :id"
)
SET_PASSWORD = Statement(
    "access.set_password", "UPDATE account SET password_hash = :password_hash WHERE id = :id"
)
SET_PERSONAL = Statement(
    "access.set_personal",
    "UPDATE account SET name = :name, language = :language WHERE id = :id",
)

ADD_SESSION = Statement(
    "access.add_session",
    "INSERT INTO session (hash, account_id, created_at, seen_at, expires_at)"
    " VALUES (:hash, :account_id, :now, :now, :expires_at)",
)
SESSION = Statement(
    "access.session",
    "SELECT s.seen_at, a.id, a.email, a.name, a.role, a.language, a.password_hash, a.created_at,"
    " a.disabled_at FROM session s JOIN account a ON a.id = s.account_id"
    " WHERE s.hash = :hash AND s.expires_at > :now AND s.seen_at > :idle_since"
    " AND a.disabled_at IS NULL",
)
SEE_SESSION = Statement(
    "access.see_session", "UPDATE session SET seen_at = :now WHERE hash = :hash"
)
END_SESSION = Statement("access.end_session", "DELETE FROM session WHERE hash = :hash")
END_SESSIONS = Statement(
    "access.end_sessions", "DELETE FROM session WHERE account_id = :account_id"
)
END_OLD_SESSIONS = Statement(
    "access.end_old_sessions",
    "DELETE FROM session WHERE expires_at <= :now OR seen_at <= :idle_since",
)

ADD_LINK = Statement(
    "access.add_link",
    "INSERT INTO one_time_link (hash, purpose, account_id, email, role, created_at, expires_at)"
    " VALUES (:hash, :purpose, :account_id, :email, :role, :now, :expires_at)",
)
LINK = Statement(
    "access.link",
    "SELECT purpose, account_id, email, role FROM one_time_link"
    " WHERE hash = :hash AND used_at IS NULL AND expires_at > :now",
)
USE_LINK = Statement(
    "access.use_link",
    "UPDATE one_time_link SET used_at = :now"
    " WHERE hash = :hash AND used_at IS NULL AND expires_at > :now",
)
DROP_OWNER_LINKS = Statement(
    "access.drop_owner_links", "DELETE FROM one_time_link WHERE purpose = 'owner'"
)
DROP_LINKS = Statement(
    "access.drop_links", "DELETE FROM one_time_link WHERE account_id = :account_id"
)

_API = "id, name, prefix, scopes, created_by, created_at, expires_at, last_used_at, revoked_at"

TOKENS = _select("access.tokens", _API, "FROM api_token ORDER BY created_at DESC, id DESC")
TOKEN_BY_HASH = _select(
    "access.token_by_hash",
    _API,
    "FROM api_token WHERE hash = :hash AND revoked_at IS NULL"
    " AND (expires_at IS NULL OR expires_at > :now)",
)
ADD_TOKEN = Statement(
    "access.add_token",
    "INSERT INTO api_token (id, name, hash, prefix, scopes, created_by, created_at, expires_at)"
    " VALUES (:id, :name, :hash, :prefix, :scopes, :created_by, :now, :expires_at)",
)
USE_TOKEN = Statement("access.use_token", "UPDATE api_token SET last_used_at = :now WHERE id = :id")
REVOKE_TOKEN = Statement(
    "access.revoke_token",
    "UPDATE api_token SET revoked_at = :now WHERE id = :id AND revoked_at IS NULL",
)

_SOURCE = (
    "id, slug, name, channel, zone, retention_days, bots, internal_networks, silent_after_s,"
    " created_at, archived_at"
)

SOURCES = _select("access.sources", _SOURCE, "FROM source ORDER BY id")
SOURCE = _select("access.source", _SOURCE, "FROM source WHERE id = :id")
ADD_SOURCE = Statement(
    "access.add_source",
    "INSERT INTO source (id, slug, name, channel, zone, retention_days, bots, internal_networks,"
    " silent_after_s, created_at) VALUES (:id, :slug, :name, :channel, :zone, :retention_days,"
    " :bots, :internal_networks, :silent_after_s, :now)",
)
SET_SOURCE = Statement(
    "access.set_source",
    "UPDATE source SET name = :name, channel = :channel, zone = :zone,"
    " retention_days = :retention_days, bots = :bots, internal_networks = :internal_networks,"
    " silent_after_s = :silent_after_s, archived_at = :archived_at WHERE id = :id",
)
KEYS = Statement(
    "access.keys",
    "SELECT id, name, created_at, revoked_at FROM write_key WHERE source_id = :source_id"
    " ORDER BY created_at, id",
)
WORKING_KEYS = Statement(
    "access.working_keys",
    "SELECT k.hash, k.source_id FROM write_key k JOIN source s ON s.id = k.source_id"
    " WHERE k.revoked_at IS NULL AND s.archived_at IS NULL",
)
ADD_KEY = Statement(
    "access.add_key",
    "INSERT INTO write_key (id, source_id, name, hash, created_at)"
    " VALUES (:id, :source_id, :name, :hash, :now)",
)
REVOKE_KEY = Statement(
    "access.revoke_key",
    "UPDATE write_key SET revoked_at = :now"
    " WHERE id = :id AND source_id = :source_id AND revoked_at IS NULL",
)

WORKSPACE = Statement(
    "access.workspace",
    "SELECT name, zone, currency, calendar, week_start, country, language, epoch"
    " FROM workspace WHERE id = 1",
)
ADD_WORKSPACE = Statement(
    "access.add_workspace",
    "INSERT INTO workspace (id, name, zone, currency, calendar, week_start, country, language,"
    " epoch, data_version, created_at) VALUES (1, :name, :zone, :currency, :calendar,"
    " :week_start, :country, :language, :epoch, 1, :now) ON CONFLICT (id) DO NOTHING",
)
SET_WORKSPACE = Statement(
    "access.set_workspace",
    "UPDATE workspace SET name = :name, zone = :zone, currency = :currency, calendar = :calendar,"
    " week_start = :week_start, country = :country, language = :language WHERE id = 1",
)

LAST_AUDIT = Statement("access.last_audit", "SELECT hash FROM audit ORDER BY id DESC LIMIT 1")
ADD_AUDIT = Statement(
    "access.add_audit",
    "INSERT INTO audit (at, actor, action, subject_kind, subject, purpose, detail, previous, hash)"
    " VALUES (:at, :actor, :action, :subject_kind, :subject, :purpose, :detail, :previous, :hash)",
)

LOOKS_THROUGH = Statement(
    "access.looks_through",
    "SELECT seq FROM position WHERE reader = :book AND lane = 'looks' AND part = 0",
)
SET_LOOKS_THROUGH = Statement(
    "access.set_looks_through",
    "INSERT INTO position (reader, lane, part, seq, updated_at)"
    " VALUES (:book, 'looks', 0, :through, :now)"
    " ON CONFLICT (reader, lane, part) DO UPDATE SET seq = :through, updated_at = :now",
)

_AUDIT = "id, at, actor, action, subject_kind, subject, purpose, detail, hash"

_AUDIT_LINK = _AUDIT + ", previous"

AUDIT = _select(
    "access.audit",
    _AUDIT,
    "FROM audit WHERE id < :before ORDER BY id DESC LIMIT :limit",
)
AUDIT_OF = _select(
    "access.audit_of",
    _AUDIT,
    "FROM audit WHERE subject_kind = :subject_kind AND subject = :subject"
    " AND id < :before ORDER BY id DESC LIMIT :limit",
)
REFUSALS = Statement(
    "access.refusals",
    "SELECT count(*), max(at) FROM (SELECT action, at FROM audit"
    " WHERE subject_kind = 'user' AND subject = :subject ORDER BY id DESC LIMIT :limit) AS lately"
    " WHERE action = 'session.refuse' AND at > :since",
)
AUDIT_CHAIN = _select(
    "access.audit_chain",
    _AUDIT_LINK,
    "FROM audit WHERE id > :after ORDER BY id LIMIT :limit",
)

_JOB = "id, kind, args, state, done, todo, result, error, requested_by, created_at, finished_at"

JOB = _select("access.job", _JOB, "FROM job WHERE id = :id")
JOB_KINDS = ("kind_0", "kind_1", "kind_2", "kind_3", "kind_4", "kind_5", "kind_6")
"""Parameters of `NEXT_JOB`: kinds to choose from; those not needed are empty."""

NEXT_JOB = _select(
    "access.next_job",
    _JOB,
    f"FROM job WHERE state = 'queued' AND kind IN (:{', :'.join(JOB_KINDS)})"
    " ORDER BY created_at, id LIMIT 1",
)
BACKUPS = Statement(
    "access.backups", "SELECT args FROM job WHERE kind = 'backup' AND state = 'done'"
)
ADD_JOB = Statement(
    "access.add_job",
    "INSERT INTO job (id, kind, args, state, done, todo, result, error, requested_by, created_at)"
    " VALUES (:id, :kind, :args, 'queued', 0, 0, '{}', '', :requested_by, :now)",
)
START_JOB = Statement(
    "access.start_job",
    "UPDATE job SET state = 'running', started_at = :now WHERE id = :id AND state = 'queued'",
)
RUNNING_JOBS = Statement("access.running_jobs", "SELECT id, error FROM job WHERE state = 'running'")
PUT_BACK_JOB = Statement(
    "access.put_back_job",
    "UPDATE job SET state = 'queued', started_at = NULL WHERE id = :id AND state = 'running'",
)
REQUEUE_JOB = Statement(
    "access.requeue_job",
    "UPDATE job SET state = 'queued', started_at = NULL, error = :error WHERE id = :id",
)
MOVE_JOB = Statement("access.move_job", "UPDATE job SET done = :done, todo = :todo WHERE id = :id")
FINISH_JOB = Statement(
    "access.finish_job",
    "UPDATE job SET state = :state, result = :result, error = :error, finished_at = :now"
    " WHERE id = :id",
)

WEBHOOKS = Statement(
    "access.webhooks",
    "SELECT id, url, created_by, created_at, last_status, last_at FROM webhook"
    " ORDER BY created_at, id",
)
ADD_WEBHOOK = Statement(
    "access.add_webhook",
    "INSERT INTO webhook (id, url, created_by, created_at, last_status)"
    " VALUES (:id, :url, :created_by, :now, '')",
)
DROP_WEBHOOK = Statement("access.drop_webhook", "DELETE FROM webhook WHERE id = :id")

_ALERT = "id, kind, subject, detail, opened_at, told_at, closed_at"

OPEN_ALERTS = _select(
    "access.open_alerts", _ALERT, "FROM alert WHERE closed_at IS NULL ORDER BY opened_at, id"
)
OPEN_ALERT = _select(
    "access.open_alert",
    _ALERT,
    "FROM alert WHERE closed_at IS NULL AND kind = :kind AND subject = :subject",
)
ADD_ALERT = Statement(
    "access.add_alert",
    "INSERT INTO alert (id, kind, subject, detail, opened_at)"
    " VALUES (:id, :kind, :subject, :detail, :now)",
)
CLOSE_ALERT = Statement(
    "access.close_alert",
    "UPDATE alert SET closed_at = :now, told_at = NULL"
    " WHERE closed_at IS NULL AND kind = :kind AND subject = :subject",
)
TELL_ALERT = Statement(
    "access.tell_alert",
    "UPDATE alert SET told_at = :now WHERE id = :id AND coalesce(closed_at, 0) = :closed_at",
)
UNTOLD_ALERTS = _select(
    "access.untold_alerts",
    _ALERT,
    "FROM alert WHERE told_at IS NULL ORDER BY opened_at, id LIMIT 100",
)
FORGET_ALERTS = Statement("access.forget_alerts", "DELETE FROM alert WHERE closed_at < :before")
SET_WEBHOOK = Statement(
    "access.set_webhook",
    "UPDATE webhook SET last_status = :status, last_at = :now WHERE id = :id",
)
SEEN = Statement("access.seen", "SELECT at FROM heartbeat WHERE process = :process")

NEW_EPOCH = Statement(
    "access.new_epoch", "UPDATE workspace SET epoch = epoch + 1 WHERE id = 1 RETURNING epoch"
)

"""API tokens: keys of programs."""

from __future__ import annotations

from datetime import timedelta

from fastapi import APIRouter, Response

from hamsafar.access.types import ApiToken, TokenId
from hamsafar.api.gate import TokensEditor
from hamsafar.api.models.access import ApiTokenShape, NewApiToken, TokenDraft
from hamsafar.api.models.base import Key, Listing
from hamsafar.api.services import Parts
from hamsafar.api.times import iso, iso_or_none

router = APIRouter(tags=["tokens"])


@router.get("/api/tokens")
def list_tokens(_: TokensEditor, services: Parts) -> Listing[ApiTokenShape]:
    """Return every token, newest first, without its text."""
    return Listing(items=[_token(token) for token in services.access.tokens.all()])


@router.post("/api/tokens")
def create_token(given: TokenDraft, caller: TokensEditor, services: Parts) -> NewApiToken:
    """Make a token; its text is shown this once."""
    life = None if given.expires_in_days is None else timedelta(days=given.expires_in_days)
    token, text = services.access.tokens.create(
        caller, name=given.name, scopes=given.scopes, life=life
    )
    return NewApiToken(**_token(token).model_dump(), token=text)


@router.delete("/api/tokens/{token}", status_code=204)
def revoke_token(token: Key, caller: TokensEditor, services: Parts) -> Response:
    """End a token at once."""
    services.access.tokens.revoke(caller, TokenId(token))
    return Response(status_code=204)


def _token(token: ApiToken) -> ApiTokenShape:
    return ApiTokenShape(
        id=token.id,
        name=token.name,
        prefix=token.prefix,
        scopes=list(token.scopes),
        created_by=token.created_by,
        created_at=iso(token.created_at),
        expires_at=iso_or_none(token.expires_at),
        last_used_at=iso_or_none(token.last_used_at),
        revoked_at=iso_or_none(token.revoked_at),
    )

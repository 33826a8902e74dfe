"""The workspace."""

from __future__ import annotations

from dataclasses import replace

from fastapi import APIRouter

from hamsafar.api.gate import Known, WorkspaceEditor
from hamsafar.api.models.access import WorkspaceChange, WorkspaceShape
from hamsafar.api.routes.me import workspace_shape
from hamsafar.api.services import Parts

router = APIRouter(tags=["workspace"])


@router.get("/api/workspace")
def get_workspace(_: Known, services: Parts) -> WorkspaceShape:
    """Return the workspace."""
    return workspace_shape(services.access.workspaces.get())


@router.patch("/api/workspace")
def change_workspace(
    given: WorkspaceChange, caller: WorkspaceEditor, services: Parts
) -> WorkspaceShape:
    """Change the workspace."""
    workspaces = services.access.workspaces
    wanted = replace(workspaces.get(), **given.model_dump(exclude_none=True))
    return workspace_shape(workspaces.change(caller, wanted))

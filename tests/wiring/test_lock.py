"""A data folder has one owner, and says what is wrong with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from hamsafar.kernel.errors import BadInput
from hamsafar.wiring.lock import FolderInUse, owned


class TestOwned:
    def test_a_second_owner_is_refused(self, tmp_path: Path) -> None:
        with owned(tmp_path), pytest.raises(FolderInUse), owned(tmp_path):
            """It does not open."""

    def test_what_is_no_folder_is_refused_by_name(self, tmp_path: Path) -> None:
        file = tmp_path / "file"
        file.touch()
        for path in (file, file / "below"):
            with pytest.raises(BadInput, match="data folder") as refused, owned(path):
                """It does not open."""
            assert refused.value.where == "--data"

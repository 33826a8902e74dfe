"""Access: who may do what with which key, where events may come from, and what was done.

Comes in: credentials (password, session cookie, API token, write key, one-time link). Goes out: a
`Caller` with his permissions, sources, the workspace, jobs for the worker. Every change and every
look at a person is a row of the audit chain. Emits no events; stands on `storage`, `kernel`,
`lang`.

Enter by `Access`, `types`, `errors` and `policy`.
"""

from hamsafar.access.policy import permissions_of, require
from hamsafar.access.services.entry import Access
from hamsafar.access.services.tokens import local_caller, session_caller

__all__ = ["Access", "local_caller", "permissions_of", "require", "session_caller"]

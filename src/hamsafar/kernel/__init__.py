"""The kernel: ids, clock, errors, paging, money. Imports nothing of ours."""

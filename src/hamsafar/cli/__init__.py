"""The command line: `hamsafar up | demo | init | import | status | …`."""

"""The time ledger: who waited for whom, in business hours.

Comes in: `Sequences` with properties, working hours. Goes out: shares of elapsed time, speeds.
Stands on `journeys`, `storage`, `lang` and `kernel`.
"""

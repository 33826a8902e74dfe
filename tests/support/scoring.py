"""How well detectors find the planted truth: precision and recall by kind."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass


@dataclass
class Score:
    """Counts of one kind."""

    planted: int = 0
    found: int = 0
    hit: int = 0
    right: int = 0

    @property
    def precision(self):
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self):
        return self.hit / self.planted if self.planted else 1.0


def scored(town, findings):
    """Match findings and truth that share a person and an event; return scores and the misses."""
    seq_of = {message: seq for seq, message in enumerate(town.messages)}
    truth = defaultdict(list)
    for one in town.frictions:
        truth[one.kind].append({seq_of[m] for m in one.message_ids if m in seq_of})
    by_kind = defaultdict(list)
    for one in findings:
        by_kind[one.detector.value].append(one)
    scores, wrong, missed = {}, defaultdict(list), defaultdict(list)
    for kind in sorted(truth.keys() | by_kind.keys()):
        score = scores[kind] = Score(planted=len(truth[kind]), found=len(by_kind[kind]))
        events = {seq: number for number, seqs in enumerate(truth[kind]) for seq in seqs}
        seen = set()
        for one in by_kind[kind]:
            hits = {events[seq] for seq in one.evidence if seq in events}
            # One planted trouble counts once: a second finding of it is a false one.
            fresh = hits - seen
            if fresh:
                score.right += 1
                seen |= fresh
            else:
                wrong[kind].append(one)
        score.hit = len(seen)
        missed[kind] = [truth[kind][n] for n in range(len(truth[kind])) if n not in seen]
    return scores, wrong, missed

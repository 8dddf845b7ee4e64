"""How far confidences can be trusted: pairs of a confidence and whether its value is right (1 or 0).

Expected calibration error in bins of equally many values (after Naeini, Cooper, Hauskrecht 2015), Brier score, area under
the ROC curve by ranks (Hanley, McNeil 1982), risk and coverage (El-Yaniv, Wiener 2010), bootstrap over documents (Efron 1979):
the same as `docket report calibration` measures, on any confidences.
"""

import math
import random

BINS = 10


def evened(pairs):
    """The pairs by confidence; where several have the same, each is as right as they are on average."""
    groups = {}
    for confidence, right in pairs:
        groups.setdefault(confidence, []).append(right)
    return [(confidence, sum(groups[confidence]) / len(groups[confidence]))
            for confidence in sorted(groups) for _ in groups[confidence]]


def expected_error(pairs, bins=BINS):
    """Expected calibration error: in bins of equally many, the gap of mean confidence and share right."""
    ordered = evened(pairs)
    total = 0.0
    for part in range(bins):
        group = ordered[part * len(ordered) // bins:(part + 1) * len(ordered) // bins]
        if group:
            total += abs(sum(confidence for confidence, _ in group) - sum(right for _, right in group))
    return total / len(ordered)


def brier(pairs):
    return sum((confidence - right) ** 2 for confidence, right in pairs) / len(pairs)


def discrimination(pairs):
    """Area under the ROC curve: how often a right value has more confidence than a wrong one, ties half."""
    ordered = sorted(pairs)
    right = sum(is_right for _, is_right in ordered)
    if right in (0, len(ordered)):
        return float("nan")
    ranks, index = 0.0, 0
    while index < len(ordered):
        end = index
        while end < len(ordered) and ordered[end][0] == ordered[index][0]:
            end += 1
        ranks += (index + 1 + end) / 2 * sum(is_right for _, is_right in ordered[index:end])
        index = end
    return (ranks - right * (right + 1) / 2) / (right * (len(ordered) - right))


def risk(pairs, coverage):
    """The share of errors among the surest values; equal confidences count in part."""
    wanted = coverage * len(pairs)
    ordered = sorted(pairs, reverse=True)
    errors, taken, index = 0.0, 0.0, 0
    while index < len(ordered) and taken < wanted:
        end = index
        while end < len(ordered) and ordered[end][0] == ordered[index][0]:
            end += 1
        share = min(1.0, (wanted - taken) / (end - index))
        errors += share * sum(1 - right for _, right in ordered[index:end])
        taken += share * (end - index)
        index = end
    return errors / taken if taken else 0.0


def interval(names, pairs, measure, resamples):
    """The middle 95 % of a measure when documents are drawn anew; `names` says which document a pair is of."""
    groups = {}
    for name, pair in zip(names, pairs):
        groups.setdefault(name, []).append(pair)
    documents = [groups[name] for name in sorted(groups)]
    draw, results = random.Random(1), []
    for _ in range(resamples):
        drawn = [pair for _ in documents for pair in draw.choice(documents)]
        result = measure(drawn)
        if not math.isnan(result):
            results.append(result)
    results.sort()
    return results[int(0.025 * len(results))], results[int(0.975 * len(results)) - 1]


def chance(pairs, resamples):
    """The calibration error that confidences would show that were exactly right: counts are small."""
    draw = random.Random(2)
    total = 0.0
    for _ in range(resamples):
        total += expected_error([(confidence, draw.random() < confidence) for confidence, _ in pairs])
    return total / resamples

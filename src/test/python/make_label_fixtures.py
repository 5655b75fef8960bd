"""Golden flags of confident learning, for ConfidentLearningTest: tables of labels and probabilities with what numpy says.

Written from Northcutt et al. 2021 and cleanlab's definitions of its five rules, with partitions of arrays where the project
uses windows of a query. Tables are drawn by a generator that Java repeats, with many equal probabilities.

Usage: make_label_fixtures.py
"""

import base64
import json
import pathlib

import numpy as np

OUT = pathlib.Path("src/test/resources/labels/flags.json")
TABLES = [(10_000, 10, 1), (1_000, 3, 2), (300, 2, 3), (60, 7, 4), (40, 20, 5)]


def draw(rows, classes, seed):
    """The JDK's linear congruential step; label, then weights 0 to 15 with more for the label's class."""
    state = seed
    labels, weights = [], []
    for _ in range(rows):
        line = []
        for _ in range(classes + 1):
            state = (state * 25214903917 + 11) % (1 << 48)
            line.append(state >> 17)
        label = line[0] % classes
        row = [value % 16 for value in line[1:]]
        # Three of four labels are right most of the time.
        row[label if (line[0] >> 8) % 4 else (label + 1) % classes] += 24
        labels.append(label)
        weights.append(row)
    weights = np.array(weights, dtype=np.float64)
    return np.array(labels), weights / weights.sum(axis=1, keepdims=True)


def whole(row, total):
    floor = np.floor(row)
    missing = int(total - floor.sum())
    order = sorted(range(len(row)), key=lambda j: floor[j] - row[j])
    for j in order[:missing]:
        floor[j] += 1
    return floor


def flags(labels, p):
    n, k = p.shape
    counts = np.bincount(labels, minlength=k)
    thresholds = np.array([max(2e-6, p[labels == j, j].mean()) if counts[j] else np.inf for j in range(k)])
    above = p >= thresholds - 1e-6
    several = above.sum(axis=1) > 1
    guess = np.where(several, p.argmax(axis=1), above.argmax(axis=1))
    some = above.any(axis=1)
    joint = np.zeros((k, k))
    for i, j in zip(labels[some], guess[some]):
        joint[i, j] += 1
    np.fill_diagonal(joint, np.maximum(joint.diagonal(), 1))
    joint = joint / joint.sum(axis=1, keepdims=True) * counts[:, None]
    joint = np.array([whole(joint[i], counts[i]) for i in range(k)]).astype(int)
    for i in range(k):
        if joint[i, i] == 0 and counts[i]:
            joint[i, joint[i].argmax()] -= 1
            joint[i, i] += 1
    differs = p.argmax(axis=1) != labels
    by_class = np.zeros(n, dtype=bool)
    by_rate = np.zeros(n, dtype=bool)
    for i in range(k):
        mine = labels == i
        removals = counts[i] - joint[i, i]
        if counts[i] > 1 and removals > 0:
            by_class |= mine & (p[:, i] < np.partition(p[mine, i], removals)[removals])
        for j in range(k):
            if i != j and joint[i, j] > 0:
                margin = p[:, j] - p[:, i]
                by_rate |= mine & (margin >= -np.partition(-margin[mine], joint[i, j] - 1)[joint[i, j] - 1])
    by_class &= differs
    by_rate &= differs
    return joint, {
        "prune_by_class": by_class,
        "prune_by_noise_rate": by_rate,
        "both": by_class & by_rate,
        "confident_learning": differs & some & (guess != labels),
        "predicted_neq_given": differs,
    }


def main():
    tables = []
    for rows, classes, seed in TABLES:
        joint, found = flags(*draw(rows, classes, seed))
        tables.append(
            {
                "rows": rows,
                "classes": classes,
                "seed": seed,
                "noise": joint.tolist(),
                "flags": {
                    rule: base64.b64encode(np.packbits(mask, bitorder="little").tobytes()).decode()
                    for rule, mask in found.items()
                },
            }
        )
        print(rows, classes, {rule: int(mask.sum()) for rule, mask in found.items()})
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(tables) + "\n")


main()

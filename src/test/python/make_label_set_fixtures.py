"""Makes src/test/resources/split/label-sets.json: iterative stratification as Sechidis et al. (2011) describe it.

But class by class, within the quotas of the class, and to the split that needs most of all labels of an image.
Image by image, from lists of images, where the project counts by sets of labels. Needs nothing but Python.

Run: python src/test/python/make_label_set_fixtures.py
"""

import json
import pathlib
import random

OUT = pathlib.Path(__file__).parents[1] / "resources" / "split" / "label-sets.json"


def stratify(images, placed, quotas, shares, is_open):
    """Images as tuples (class, label, ...); placed as (image, split). Returns the split of each image."""
    splits = range(len(shares))
    takes = [s for s in splits if is_open[s] and shares[s] > 0]
    total = sum(shares[s] for s in splits if is_open[s])
    share = [shares[s] / total if s in takes else 0.0 for s in splits]
    want, result = {}, {}
    for name in sorted(quotas):
        there = [(image, split) for image, split in placed if image[0] == name]
        mine = [i for i, image in enumerate(images) if image[0] == name]
        # Set by set, as sums of fractions depend on their order in the last digit.
        for own in sorted({images[i] for i in mine} | {image for image, _ in there}, key="\x1f".join):
            have = [sum(1 for image, split in there if split == s and image == own) for s in splits]
            rest = sum(1 for i in mine if images[i] == own) + sum(have[s] for s in takes)
            for label in own[1:]:
                wanted = want.setdefault(label, [0.0 for _ in splits])
                for s in splits:
                    wanted[s] += rest * share[s]
                for s in splits:
                    wanted[s] -= have[s]
        room = [quotas[name][s] - sum(1 for _, split in there if split == s) for s in splits]
        left = list(mine)
        while left:
            counts = {label: sum(1 for i in left if label in images[i][1:]) for label in want}
            some = [label for label in counts if counts[label]]
            rarest = min(some, key=lambda label: (counts[label], label)) if some else None
            fitting = [i for i in left if rarest is None or rarest in images[i][1:]]
            for i in sorted(fitting, key=lambda i: "\x1f".join(images[i])):
                here = {label: sum(1 for k in left if label in images[k][1:]) for label in images[i][1:]}

                def need(s):
                    needs = room[s] / (share[s] * len(left))
                    for label in images[i][1:]:
                        needs += want[label][s] / (share[s] * here[label])
                    return needs

                split = max((s for s in takes if room[s] > 0), key=lambda s: (need(s), -s))
                result[i] = split
                for label in images[i][1:]:
                    want[label][split] -= 1
                room[split] -= 1
                left.remove(i)
    return result


def case(rng, sets, most, shares, is_open, placing):
    classes, labels = ["cat", "dog", "owl"], ["big", "dog", "indoor", "night", "rare"]
    weights = [1.0, 0.6, 0.4, 0.2, 0.05]
    names = set()
    while len(names) < sets:
        own = sorted(label for label, weight in zip(labels, weights) if rng.random() < weight / 2)
        names.add((rng.choice(classes), *own))
    rows, images, placed = [], [], []
    for name in sorted(names):
        free = int(most * rng.random() ** 3)
        have = [rng.randrange(4) if placing else 0 for _ in shares]
        images += [name] * free
        placed += [(name, s) for s, n in enumerate(have) for _ in range(n)]
        rows.append({"set": list(name), "placed": have, "single": free})
    quotas = {}
    for name in sorted({own[0] for own in names}):
        # Any will do that holds what is placed and takes all images in open splits.
        quota = [sum(1 for image, split in placed if split == s and image[0] == name) for s in range(len(shares))]
        for _ in range(sum(1 for image in images if image[0] == name)):
            takes = [s for s in range(len(shares)) if is_open[s]]
            quota[min(takes, key=lambda s: ((quota[s] + 1) / shares[s], s))] += 1
        quotas[name] = quota
    result = stratify(images, placed, quotas, shares, is_open)
    for row in rows:
        quota = list(row["placed"])
        for i, split in result.items():
            if list(images[i]) == row["set"]:
                quota[split] += 1
        row["quota"] = quota
    return {"shares": [str(share) for share in shares], "open": is_open, "classes": quotas, "sets": rows}


def main():
    rng = random.Random(5)
    three, all_open = [0.8, 0.1, 0.1], [True] * 3
    cases = [case(rng, 5, 6, three, all_open, False) for _ in range(4)]
    cases += [case(rng, 20, 60, three, all_open, False) for _ in range(4)]
    cases += [case(rng, 20, 40, [0.5, 0.25, 0.25], all_open, True) for _ in range(3)]
    cases += [case(rng, 15, 40, [0.7, 0.2, 0.1], [True, True, False], True) for _ in range(3)]
    cases += [case(rng, 15, 40, [1, 1, 1, 1, 1], [True] * 5, False) for _ in range(2)]
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text("[\n" + ",\n".join(map(json.dumps, cases)) + "\n]\n")


if __name__ == "__main__":
    main()

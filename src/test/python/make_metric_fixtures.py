"""Writes src/test/resources/metrics/sklearn.json: random cases and what scikit-learn says of them.

Needs numpy, scikit-learn (made with 1.9.1), torch and torchmetrics:  python src/test/python/make_metric_fixtures.py

Probabilities are multiples of 1/32: few values, hence many ties, and exact both as floats and as doubles.
Values that scikit-learn does not define are null.
"""

import json
import math
import pathlib
import warnings

import numpy as np
import sklearn.metrics as m
import torch
from torchmetrics.functional.classification import multiclass_calibration_error

UNIT = 32
OUT = pathlib.Path(__file__).parents[1] / "resources" / "metrics" / "sklearn.json"
rng = np.random.default_rng(20240229)
warnings.simplefilter("ignore")


def number(value):
    return None if math.isnan(value) else float(value)


def per_class(function, labels, y, p, k):
    """One class against the rest, for every class."""
    return [number(function((y == c).astype(int), p[:, c])) for c in range(k)]


def top(y, p, k):
    """The first of equal probabilities count as the higher ones."""
    ranked = np.argsort(-p, axis=1, kind="stable")[:, :k]
    return float(np.mean([label in row for label, row in zip(y, ranked)]))


def calibration(y, predicted, p):
    """Written out, and the same as torchmetrics where the prediction is the most probable class."""
    confidence, right = p.max(axis=1), predicted == y
    bins = np.minimum((confidence * 15).astype(int), 14)
    gaps = [(abs(right[bins == b].mean() - confidence[bins == b].mean()), (bins == b).mean()) for b in set(bins)]
    error, most = sum(gap * share for gap, share in gaps), max(gap for gap, _ in gaps)
    if (predicted == p.argmax(axis=1)).all():
        # There a confidence of 1 has a bin of its own.
        inside = torch.tensor(np.minimum(p, 1 - 1e-6))
        for norm, value in (("l1", error), ("max", most)):
            theirs = multiclass_calibration_error(inside, torch.tensor(y), p.shape[1], n_bins=15, norm=norm)
            assert abs(theirs - value) < 1e-5, (norm, theirs, value)
    return float(error), float(most)


def evaluate(y, predicted, units, k):
    p = units / UNIT
    every = list(range(k))
    precision, recall, f1, support = m.precision_recall_fscore_support(y, predicted, labels=every, zero_division=0)
    auc = per_class(m.roc_auc_score, every, y, p, k)
    ap = per_class(lambda t, s: m.average_precision_score(t, s), every, y, p, k)
    present = [c for c in every if (y == c).any()]
    minority = np.array([1 / support[c] for c in present])
    eps = np.finfo(np.float32).eps
    out = {
        "confusion": m.confusion_matrix(y, predicted, labels=every).tolist(),
        "class": {
            "precision": precision.tolist(),
            "recall": recall.tolist(),
            "f1": f1.tolist(),
            "support": [float(s) for s in support],
            "roc_auc": auc,
            "average_precision": ap,
        },
        "all": {
            "accuracy": m.accuracy_score(y, predicted),
            "balanced_accuracy": m.balanced_accuracy_score(y, predicted),
            "mcc": m.matthews_corrcoef(y, predicted),
            "cohen_kappa": number(m.cohen_kappa_score(y, predicted, labels=every)),
            "brier": m.brier_score_loss(y, p, labels=every, scale_by_half=False),
            "top_2_accuracy": top(y, p, 2),
            "top_5_accuracy": top(y, p, 5),
            "f1_minority_weighted": float(minority @ f1[present] / minority.sum()),
            # Clipped to floats first: scikit-learn clips by the type, and computes floats as floats.
            "log_loss": m.log_loss(y, np.clip(p, eps, 1 - eps), labels=every),
            "roc_auc_macro": number(np.nanmean([math.nan if a is None else a for a in auc])),
            "average_precision_macro": float(np.mean([ap[c] for c in present])),
        },
        "log_loss_double": m.log_loss(y, p, labels=every),
    }
    out["all"]["ece"], out["all"]["mce"] = calibration(y, predicted, p)
    for average in ("macro", "weighted"):
        for name, function in (("precision", m.precision_score), ("recall", m.recall_score), ("f1", m.f1_score)):
            out["all"][f"{name}_{average}"] = function(y, predicted, average=average, zero_division=0)
    if k > 2 and len(present) == k:
        # The mean of the classes above is scikit-learn's own macro average wherever that is defined.
        assert abs(out["all"]["roc_auc_macro"] - m.roc_auc_score(y, p, multi_class="ovr", labels=every)) < 1e-12
        assert abs(out["all"]["average_precision_macro"] - m.average_precision_score(y, p)) < 1e-12
    return out


def curves(y, units, c):
    t, s = (y == c).astype(int), units[:, c] / UNIT
    fpr, tpr, thresholds = m.roc_curve(t, s, drop_intermediate=False)
    precision, recall, _ = m.precision_recall_curve(t, s)
    return {
        "class": c,
        "threshold": thresholds[1:].tolist(),
        "false_positive_rate": fpr.tolist(),
        "recall": tpr.tolist(),
        "precision": precision[::-1].tolist(),
        "pr_recall": recall[::-1].tolist(),
    }


def case(kind, k):
    n = int(rng.integers(1, 70))
    if kind == "rare":
        n = 1001
    skew = rng.dirichlet(np.full(k, rng.choice([0.4, 1.0, 5.0])))
    y = rng.choice(k, size=n, p=skew)
    if kind == "missing":  # a class of the model that no image has
        y = rng.choice(np.delete(np.arange(k), rng.integers(k)), size=n)
    if kind == "rare":  # one image of the last class to a thousand of the others
        y = np.append(rng.choice(k - 1, size=n - 1), k - 1)
    if kind == "one-class":
        y = np.full(n, rng.integers(k))
    # Sharpness 0 is a model that guesses, 3 a good one.
    strength = rng.choice([0.0, 1.0, 3.0])
    base = rng.dirichlet(np.full(k, 0.7), size=n) + strength * np.eye(k)[y]
    units = np.array([rng.multinomial(UNIT, b) for b in base / base.sum(axis=1, keepdims=True)])
    predicted = units.argmax(axis=1)
    argmax = True
    if kind == "any-prediction":  # predictions that follow a threshold or another rule
        predicted, argmax = rng.choice(k, size=n), False
    if kind == "one-prediction":
        predicted, argmax = np.full(n, rng.integers(k)), False
    result = {
        "kind": kind,
        "classes": k,
        "argmax": argmax,
        "labels": y.tolist(),
        "predicted": predicted.tolist(),
        "probabilities": units.tolist(),
        "expected": evaluate(y, predicted, units, k),
    }
    if kind == "random" and len(set(y)) == k and n > 1:
        result["curve"] = curves(y, units, k - 1)
    return result


# 220 tables: a few are large enough for an imbalance of 1 to 1,000.
KINDS = ("random", "missing", "one-class", "any-prediction", "one-prediction")
cases = [case(kind, k) for kind in KINDS for k in range(2, 8) for _ in range(12 if kind == "random" else 6)]
cases += [case("rare", k) for k in (2, 2, 3, 5)]
OUT.parent.mkdir(parents=True, exist_ok=True)
lines = ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases)
OUT.write_text(f'{{"unit":{UNIT},"cases":[\n{lines}\n]}}\n')
print(f"{len(cases)} cases, {OUT.stat().st_size} bytes: {OUT}")

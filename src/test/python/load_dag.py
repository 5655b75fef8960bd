"""Prints what a DAG of Airflow has in it, as JSON, with stand-ins for Airflow's modules: load_dag.py FILE.

Calls its Python task, too, with summaries of runs before and after the start of a night, and prints how that ends.
"""

import contextlib
import json
import runpy
import sys
import types
from datetime import datetime, timezone

TASKS, EDGES, DAGS, FUNCTIONS = {}, [], [], {}


class Task:
    """An operator that keeps its arguments, and the order that >> gives."""

    def __init__(self, **arguments):
        self.name = arguments["task_id"]
        self.output = f"output of {self.name}"
        TASKS[self.name] = {"operator": type(self).__name__, **arguments}

    def __rshift__(self, other):
        EDGES.append([self.name, other.name])
        return other

    def as_teardown(self, setups, on_failure_fail_dagrun):
        TASKS[self.name].update(teardown_of=setups.name, on_failure_fail_dagrun=on_failure_fail_dagrun)
        return self


class Dag:
    def __init__(self, **arguments):
        DAGS.append(arguments)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        return False


class Notifier:
    def __init__(self, **arguments):
        self.arguments = arguments


class Hook:
    """Reads the summary that it is given, and notes from where."""

    summary, places = None, set()

    def read_key(self, key, bucket_name):
        Hook.places.add(f"{bucket_name}/{key}")
        return json.dumps(Hook.summary)


def task(**arguments):
    def decorate(function):
        FUNCTIONS[arguments["task_id"]] = function
        return lambda: type("Python", (Task,), {})(**arguments)

    return decorate


def module(name, **members):
    sys.modules[name] = types.ModuleType(name)
    vars(sys.modules[name]).update(members)


def operator(name):
    return type(name, (Task,), {})


for package in ("airflow", "airflow.providers", "airflow.providers.amazon", "airflow.providers.amazon.aws",
                "airflow.providers.amazon.aws.hooks", "airflow.providers.amazon.aws.notifications",
                "airflow.providers.amazon.aws.operators"):
    module(package)
module("airflow.sdk", DAG=Dag, task=task)
module("airflow.providers.amazon.aws.hooks.s3", S3Hook=Hook)
module("airflow.providers.amazon.aws.notifications.sns", SnsNotifier=Notifier)
module("airflow.providers.amazon.aws.operators.emr",
       **{name: operator(name) for name in
          ("EmrAddStepsOperator", "EmrCreateJobFlowOperator", "EmrTerminateJobFlowOperator")})

runpy.run_path(sys.argv[1])
[dag] = DAGS
dag["on_failure_callback"] = dag["on_failure_callback"].arguments
night = types.SimpleNamespace(start_date=datetime(2026, 11, 30, 1, 0, 0, 123, tzinfo=timezone.utc))
verdicts = {}
for status in ("done", "stopped", "failed", "running"):
    for day in (29, 30):
        Hook.summary = {"status": status, "started": f"2026-11-{day}T01:00:02.123456789Z"}
        try:
            with contextlib.redirect_stdout(sys.stderr):
                FUNCTIONS["how_did_it_go"](dag_run=night)
            verdicts[f"{status} {day}"] = "success"
        except RuntimeError:
            verdicts[f"{status} {day}"] = "failure"
print(json.dumps({"dag": dag, "tasks": TASKS, "edges": EDGES, "verdicts": verdicts, "read": sorted(Hook.places)},
                 default=str))

"""spark-vit's night on an EMR cluster of its own: Airflow 2.9 or later, or 3, with its Amazon provider.

Before use:
1. Replace YOUR-REGION, YOUR-ACCOUNT, YOUR-TOPIC, YOUR-SUBNET, YOUR-JOB-ROLE and YOUR-WORKSPACE here, and what
   nightly-steps.json has. Where the workspace is not the folder "sensitive", change SUMMARY, too.
2. Put this file, nightly-steps.json and configurations.json (from deploy/emr) beside one another in the folder of the DAGs.
3. Give Airflow's role what deploy/iam/airflow-policy.json allows.

A night that fails is told to the topic. A night whose time was over (exit code 75 of spark-vit) is no failure: EMR shows its
step as failed all the same, so the last task asks the summary that the run itself has written.
"""

import json
from datetime import datetime, timedelta, timezone
from pathlib import Path

from airflow.providers.amazon.aws.hooks.s3 import S3Hook
from airflow.providers.amazon.aws.notifications.sns import SnsNotifier
from airflow.providers.amazon.aws.operators.emr import (
    EmrAddStepsOperator,
    EmrCreateJobFlowOperator,
    EmrTerminateJobFlowOperator,
)

try:
    from airflow.sdk import DAG, task
except ImportError:  # Airflow 2
    from airflow import DAG
    from airflow.decorators import task

HERE = Path(__file__).parent
TOPIC = "arn:aws:sns:YOUR-REGION:YOUR-ACCOUNT:YOUR-TOPIC"
WORKSPACE_BUCKET = "YOUR-WORKSPACE"
SUMMARY = "sensitive/pipelines/nightly/state.json"

CLUSTER = {
    "Name": "spark-vit nightly",
    "ReleaseLabel": "emr-7.13.0",
    "Applications": [{"Name": "Spark"}],
    "ServiceRole": "EMR_DefaultRole_V2",
    "JobFlowRole": "YOUR-JOB-ROLE",
    "LogUri": f"s3://{WORKSPACE_BUCKET}/logs/emr/",
    "Tags": [
        {"Key": "application", "Value": "spark-vit"},
        {"Key": "for-use-with-amazon-emr-managed-policies", "Value": "true"},
    ],
    "Instances": {
        "KeepJobFlowAliveWhenNoSteps": True,
        "Ec2SubnetId": "YOUR-SUBNET",
        "InstanceGroups": [
            {"Name": "primary", "InstanceRole": "MASTER", "InstanceType": "m7i.4xlarge", "InstanceCount": 1},
            {"Name": "core", "InstanceRole": "CORE", "InstanceType": "m7i.4xlarge", "InstanceCount": 4},
        ],
    },
    "BootstrapActions": [
        {
            "Name": "libjpeg-turbo",
            "ScriptBootstrapAction": {"Path": f"s3://{WORKSPACE_BUCKET}/jars/bootstrap.sh"},
        }
    ],
    # Should Airflow be down when the cluster is to end.
    "AutoTerminationPolicy": {"IdleTimeout": 3600},
    "Configurations": json.loads((HERE / "configurations.json").read_text()),
}


def steps():
    """The steps of nightly-steps.json, which is written for the AWS CLI, as the API has them."""
    return [
        {
            "Name": step["Name"],
            "ActionOnFailure": "CONTINUE",
            "HadoopJarStep": {"Jar": step["Jar"], "Args": step["Args"]},
        }
        for step in json.loads((HERE / "nightly-steps.json").read_text())
    ]


with DAG(
    dag_id="spark_vit_nightly",
    schedule="0 1 * * *",
    start_date=datetime(2026, 1, 1, tzinfo=timezone.utc),
    catchup=False,
    # Two nights at once would do the same work twice.
    max_active_runs=1,
    dagrun_timeout=timedelta(hours=12),
    on_failure_callback=SnsNotifier(
        target_arn=TOPIC,
        subject="spark-vit nightly failed",
        message="{{ dag.dag_id }}, {{ run_id }}: look at its tasks, and at s3://%s/%s" % (WORKSPACE_BUCKET, SUMMARY),
    ),
) as dag:
    create = EmrCreateJobFlowOperator(task_id="create_cluster", emr_conn_id=None, job_flow_overrides=CLUSTER)

    night = EmrAddStepsOperator(
        task_id="run_night",
        job_flow_id=create.output,
        steps=steps(),
        wait_for_completion=True,
        # The operator's own limit is half an hour: here nine hours, looked at once a minute.
        waiter_delay=60,
        waiter_max_attempts=540,
    )

    @task(task_id="how_did_it_go", trigger_rule="all_done")
    def how_did_it_go(dag_run=None):
        """Fails unless the night is done or has stopped in time."""
        summary = json.loads(S3Hook().read_key(key=SUMMARY, bucket_name=WORKSPACE_BUCKET))
        # An older summary is another night's. Both are UTC; the first 19 letters are the time to seconds.
        if summary["started"][:19] < dag_run.start_date.strftime("%Y-%m-%dT%H:%M:%S"):
            raise RuntimeError("spark-vit has not begun; see the logs of the cluster and of the step")
        if summary["status"] not in ("done", "stopped"):
            raise RuntimeError(f"spark-vit has failed: {json.dumps(summary)}")
        print("all is done" if summary["status"] == "done" else "time was over; the next night goes on")

    # A teardown runs whatever has happened before it.
    end = EmrTerminateJobFlowOperator(task_id="end_cluster", job_flow_id=create.output).as_teardown(
        setups=create, on_failure_fail_dagrun=True
    )

    create >> night >> how_did_it_go()
    night >> end

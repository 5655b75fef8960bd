package org.sparkvit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The policies in deploy/iam allow what the program and the other files do, and no more. */
class PoliciesTest {
  private static final List<String> RULES =
      List.of("events:PutTargets", "events:PutRule", "events:DescribeRule");

  /** What Step Functions does for a task of a kind, by its documentation. */
  private static final Map<String, List<String>> ACTIONS =
      Map.of(
          "elasticmapreduce:createCluster.sync",
          List.of(
              "elasticmapreduce:RunJobFlow",
              "elasticmapreduce:AddTags",
              "elasticmapreduce:DescribeCluster",
              "elasticmapreduce:TerminateJobFlows",
              "iam:PassRole"),
          "elasticmapreduce:addStep.sync",
          List.of(
              "elasticmapreduce:AddJobFlowSteps",
              "elasticmapreduce:DescribeStep",
              "elasticmapreduce:CancelSteps"),
          "elasticmapreduce:terminateCluster",
          List.of("elasticmapreduce:TerminateJobFlows"),
          "emr-serverless:startJobRun.sync",
          List.of(
              "emr-serverless:StartJobRun",
              "emr-serverless:GetJobRun",
              "emr-serverless:CancelJobRun",
              "iam:PassRole"),
          "aws-sdk:s3:getObject",
          List.of("s3:GetObject", "kms:Decrypt"),
          "sns:publish",
          List.of("sns:Publish"));

  private static List<String> list(JsonNode textOrArray) {
    return textOrArray.isArray() ? DeployFiles.texts(textOrArray) : List.of(textOrArray.asText());
  }

  private static List<JsonNode> statements(String file) {
    JsonNode policy = DeployFiles.tree("iam/" + file);
    List<JsonNode> statements = new ArrayList<>();
    if (policy.has("Statement")) {
      assertThat(policy.path("Version").asText()).isEqualTo("2012-10-17");
      policy.path("Statement").forEach(statements::add);
    } else {
      statements.add(policy);
    }
    return statements;
  }

  private static Set<String> actions(String file) {
    Set<String> actions = new TreeSet<>();
    statements(file).forEach(statement -> actions.addAll(list(statement.path("Action"))));
    return actions;
  }

  private static Set<String> resources(String file, String action) {
    Set<String> resources = new TreeSet<>();
    for (JsonNode statement : statements(file)) {
      if (list(statement.path("Action")).contains(action)) {
        resources.addAll(list(statement.path("Resource")));
      }
    }
    return resources;
  }

  /** No action has a wildcard; a resource that is not one of yours has a condition. */
  @Test
  void policiesNameActionsAndResources() {
    for (Path file : DeployFiles.all(".json")) {
      if (!file.startsWith(DeployFiles.FOLDER.resolve("iam"))) {
        continue;
      }
      for (JsonNode statement : statements(file.getFileName().toString())) {
        assertThat(statement.path("Effect").asText()).isEqualTo("Allow");
        assertThat(list(statement.path("Action"))).noneMatch(action -> action.contains("*"));
        for (String resource :
            statement.has("Resource") ? list(statement.path("Resource")) : List.<String>of()) {
          if (resource.equals("*")) {
            assertThat(statement.path("Condition")).as(file + " " + statement).isNotEmpty();
          } else {
            assertThat(resource).as(file.toString()).matches(".*(YOUR|OTHER)-.*");
          }
        }
        if (list(statement.path("Action")).get(0).startsWith("kms:")) {
          assertThat(
                  statement.path("Condition").path("StringEquals").path("kms:ViaService").asText())
              .startsWith("s3.");
        }
      }
    }
  }

  /** The images can be read only, and what is written is in the workspace's bucket. */
  @Test
  void jobWritesItsWorkspaceOnly() {
    assertThat(actions("job-policy.json"))
        .containsExactly(
            "kms:Decrypt",
            "kms:GenerateDataKey",
            "s3:AbortMultipartUpload",
            "s3:DeleteObject",
            "s3:GetBucketLocation",
            "s3:GetObject",
            "s3:ListBucket",
            "s3:ListBucketMultipartUploads",
            "s3:PutObject");
    for (String write : List.of("s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload")) {
      assertThat(resources("job-policy.json", write))
          .containsExactly("arn:aws:s3:::YOUR-WORKSPACE/*");
    }
    assertThat(resources("job-policy.json", "kms:GenerateDataKey"))
        .containsExactly("arn:aws:kms:YOUR-REGION:YOUR-ACCOUNT:key/YOUR-WORKSPACE-KEY");
  }

  /** What the job's role may do in the other account, that account grants as well. */
  @Test
  void otherAccountGrantsWhatTheJobMayDoThere() {
    Set<String> granted = actions("other-accounts-bucket-policy.json");
    granted.addAll(actions("other-accounts-key-statement.json"));
    Set<String> needed = new TreeSet<>();
    for (JsonNode statement : statements("job-policy.json")) {
      if (list(statement.path("Resource")).stream().anyMatch(arn -> arn.contains("OTHER-"))) {
        needed.addAll(list(statement.path("Action")));
      }
    }
    assertThat(granted).isEqualTo(needed);
    for (String file :
        List.of("other-accounts-bucket-policy.json", "other-accounts-key-statement.json")) {
      for (JsonNode statement : statements(file)) {
        assertThat(statement.path("Principal").path("AWS").asText())
            .isEqualTo("arn:aws:iam::YOUR-ACCOUNT:role/YOUR-JOB-ROLE");
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "emr/state-machine.json, state-machine-policy.json",
    "emr/serverless/state-machine.json, state-machine-serverless-policy.json"
  })
  void stateMachinesMayDoWhatTheirTasksDo(String machine, String policy) {
    Set<String> needed = new TreeSet<>(RULES);
    JsonNode states = DeployFiles.tree(machine).path("States");
    for (JsonNode state : states) {
      if (state.has("Resource")) {
        String kind = state.path("Resource").asText().replace("arn:aws:states:::", "");
        assertThat(ACTIONS).containsKey(kind);
        needed.addAll(ACTIONS.get(kind));
      }
    }
    assertThat(actions(policy)).isEqualTo(needed);
    JsonNode summary = states.path("ReadSummary").path("Parameters");
    assertThat(resources(policy, "s3:GetObject"))
        .containsExactly(
            "arn:aws:s3:::" + summary.path("Bucket").asText() + "/" + summary.path("Key").asText());
    assertThat(resources(policy, "sns:Publish"))
        .containsExactly(states.path("TellOfFailure").path("Parameters").path("TopicArn").asText());
  }

  /**
   * Roles that are handed on, and the tag by which clusters are known, are those of the cluster.
   */
  @Test
  void clustersOfTheMachineAreTheOnesThatItMayUse() {
    JsonNode cluster =
        DeployFiles.tree("emr/state-machine.json")
            .path("States")
            .path("CreateCluster")
            .path("Parameters");
    for (String policy : List.of("state-machine-policy.json", "airflow-policy.json")) {
      assertThat(resources(policy, "iam:PassRole"))
          .containsExactlyInAnyOrder(
              "arn:aws:iam::YOUR-ACCOUNT:role/" + cluster.path("ServiceRole").asText(),
              "arn:aws:iam::YOUR-ACCOUNT:role/" + cluster.path("JobFlowRole").asText());
      for (JsonNode statement : statements(policy)) {
        JsonNode equal = statement.path("Condition").path("StringEquals");
        equal
            .fields()
            .forEachRemaining(
                condition -> {
                  if (condition.getKey().contains("Tag/")) {
                    assertThat(cluster.path("Tags"))
                        .anyMatch(
                            tag ->
                                condition.getKey().endsWith("Tag/" + tag.path("Key").asText())
                                    && condition
                                        .getValue()
                                        .asText()
                                        .equals(tag.path("Value").asText()));
                  }
                });
      }
    }
  }

  /** The DAG does what the state machine does, and follows the step itself. */
  @Test
  void airflowMayDoWhatTheStateMachineDoes() {
    Set<String> machine = actions("state-machine-policy.json");
    machine.removeAll(RULES);
    machine.add("elasticmapreduce:ListSteps");
    assertThat(actions("airflow-policy.json")).isEqualTo(machine);
  }
}

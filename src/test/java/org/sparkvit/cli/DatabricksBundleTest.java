package org.sparkvit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The Databricks bundle has documented keys only, and what a job of every night needs. */
class DatabricksBundleTest {
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{var\\.(\\w+)}");

  /** A value without keys: a text, a number, or a list of them. */
  private static final Keys VALUE = new Keys(Map.of());

  /** An object whose keys are free. */
  private static final Keys ANY = new Keys(Map.of("*", VALUE));

  private static JsonNode bundle;

  /**
   * The keys that an object may have; of a list, those of its elements. The key {@code *} stands
   * for any.
   */
  private record Keys(Map<String, Keys> known) {
    static Keys of(Object... namesAndKeys) {
      Map<String, Keys> known = new LinkedHashMap<>();
      for (int i = 0; i < namesAndKeys.length; i += 2) {
        for (String name : namesAndKeys[i].toString().split(" ", -1)) {
          known.put(name, (Keys) namesAndKeys[i + 1]);
        }
      }
      return new Keys(known);
    }

    void check(String place, JsonNode node, Set<String> unknown) {
      if (node.isArray()) {
        node.forEach(element -> check(place, element, unknown));
        return;
      }
      for (Iterator<Map.Entry<String, JsonNode>> fields = node.fields(); fields.hasNext(); ) {
        Map.Entry<String, JsonNode> field = fields.next();
        String name = place + "." + field.getKey();
        Keys keys = known.getOrDefault(field.getKey(), known.get("*"));
        if (keys == null) {
          unknown.add(name);
        } else {
          keys.check(name, field.getValue(), unknown);
        }
      }
    }
  }

  /** The part of the CLI's documented schema that a bundle of JAR tasks can use. */
  private static Keys documented() {
    Keys emails =
        Keys.of(
            "on_start on_success on_failure on_duration_warning_threshold_exceeded"
                + " no_alert_for_skipped_runs",
            VALUE);
    Keys webhooks =
        Keys.of(
            "on_start on_success on_failure on_duration_warning_threshold_exceeded",
            Keys.of("id", VALUE));
    Keys health = Keys.of("rules", Keys.of("metric op value", VALUE));
    Keys runAs = Keys.of("user_name service_principal_name group_name", VALUE);
    Keys cluster =
        Keys.of(
            "spark_version node_type_id driver_node_type_id num_workers data_security_mode"
                + " single_user_name policy_id runtime_engine enable_elastic_disk"
                + " enable_local_disk_encryption instance_pool_id driver_instance_pool_id",
            VALUE,
            "autoscale",
            Keys.of("min_workers max_workers", VALUE),
            "aws_attributes",
            Keys.of(
                "availability first_on_demand instance_profile_arn spot_bid_price_percent zone_id"
                    + " ebs_volume_count ebs_volume_size ebs_volume_type",
                VALUE),
            "init_scripts",
            Keys.of(
                "volumes workspace",
                Keys.of("destination", VALUE),
                "s3",
                Keys.of("destination region", VALUE)),
            "spark_conf spark_env_vars custom_tags",
            ANY);
    Keys task =
        Keys.of(
            "task_key description job_cluster_key existing_cluster_id max_retries"
                + " min_retry_interval_millis retry_on_timeout timeout_seconds run_if",
            VALUE,
            "depends_on",
            Keys.of("task_key outcome", VALUE),
            "spark_jar_task",
            Keys.of("main_class_name parameters", VALUE),
            "libraries",
            Keys.of("jar", VALUE),
            "email_notifications",
            emails,
            "webhook_notifications",
            webhooks,
            "notification_settings",
            Keys.of(
                "no_alert_for_skipped_runs no_alert_for_canceled_runs alert_on_last_attempt",
                VALUE),
            "health",
            health);
    Keys job =
        Keys.of(
            "name description max_concurrent_runs timeout_seconds",
            VALUE,
            "schedule",
            Keys.of("quartz_cron_expression timezone_id pause_status", VALUE),
            "queue",
            Keys.of("enabled", VALUE),
            "health",
            health,
            "email_notifications",
            emails,
            "webhook_notifications",
            webhooks,
            "notification_settings",
            Keys.of("no_alert_for_skipped_runs no_alert_for_canceled_runs", VALUE),
            "tags",
            ANY,
            "run_as",
            runAs,
            "job_clusters",
            Keys.of("job_cluster_key", VALUE, "new_cluster", cluster),
            "tasks",
            task);
    Keys resources = Keys.of("jobs", Keys.of("*", job));
    return Keys.of(
        "bundle",
        Keys.of("name", VALUE),
        "variables",
        Keys.of("*", Keys.of("description default type lookup", VALUE)),
        "resources",
        resources,
        "targets",
        Keys.of(
            "*",
            Keys.of(
                "mode default",
                VALUE,
                "workspace",
                Keys.of("host profile root_path file_path artifact_path state_path", VALUE),
                "run_as",
                runAs,
                "variables",
                ANY,
                "resources",
                resources)));
  }

  @BeforeAll
  static void read() {
    bundle = DeployFiles.tree("databricks/databricks.yml");
  }

  private static JsonNode jobs() {
    return bundle.path("resources").path("jobs");
  }

  @Test
  void keysAreDocumented() {
    Set<String> unknown = new TreeSet<>();
    documented().check("databricks.yml", bundle, unknown);
    assertThat(unknown).isEmpty();
  }

  @Test
  void valuesAreDocumented() {
    Map<String, Set<String>> allowed =
        Map.of(
            "pause_status", Set.of("PAUSED", "UNPAUSED"),
            "mode", Set.of("development", "production"),
            "data_security_mode", Set.of("SINGLE_USER", "DATA_SECURITY_MODE_DEDICATED"),
            "availability", Set.of("SPOT", "ON_DEMAND", "SPOT_WITH_FALLBACK"),
            "metric", Set.of("RUN_DURATION_SECONDS"),
            "op", Set.of("GREATER_THAN"));
    allowed.forEach(
        (key, values) -> {
          List<JsonNode> found = bundle.findValues(key);
          assertThat(found).as(key).isNotEmpty();
          found.forEach(value -> assertThat(values).as(key).contains(value.asText()));
        });
    JsonNode schedule = jobs().path("spark_vit_nightly").path("schedule");
    assertThat(schedule.path("quartz_cron_expression").asText().split(" ", -1)).hasSize(6);
  }

  @Test
  void variablesAreDeclaredAndUsed() {
    Set<String> declared = new TreeSet<>(DeployFiles.fields(bundle.path("variables")).keySet());
    Set<String> used = new TreeSet<>();
    Matcher matcher = VARIABLE.matcher(bundle.toString());
    while (matcher.find()) {
      used.add(matcher.group(1));
    }
    assertThat(used).isEqualTo(declared);
    bundle
        .path("targets")
        .forEach(
            target ->
                assertThat(declared)
                    .containsAll(DeployFiles.fields(target.path("variables")).keySet()));
  }

  /** Production has one copy for all, which the CLI insists on, and an owner that is no person. */
  @Test
  void productionHasAPathAndAnOwner() {
    int production = 0;
    for (JsonNode target : bundle.path("targets")) {
      if (target.path("mode").asText().equals("production")) {
        production++;
        assertThat(target.path("workspace").path("root_path").asText()).startsWith("/Workspace/");
        assertThat(target.path("run_as").path("service_principal_name").asText()).isNotBlank();
      }
    }
    assertThat(production).isEqualTo(3);
  }

  @Test
  void jobsHaveRetriesLimitsAndAlerts() {
    assertThat(DeployFiles.fields(jobs()).keySet())
        .containsExactly("spark_vit_nightly", "spark_vit_train");
    for (JsonNode job : jobs()) {
      assertThat(job.path("max_concurrent_runs").asInt()).isEqualTo(1);
      assertThat(job.path("email_notifications").path("on_failure")).isNotEmpty();
      assertThat(job.path("webhook_notifications").path("on_failure")).isNotEmpty();
      int limit = job.path("timeout_seconds").asInt();
      assertThat(job.path("health").path("rules").path(0).path("value").asInt())
          .isBetween(1, limit - 1);
      assertThat(job.path("tasks")).hasSize(1);
      JsonNode task = job.path("tasks").path(0);
      assertThat(task.path("max_retries").asInt()).isPositive();
      assertThat(task.path("timeout_seconds").asInt()).isBetween(1, limit);
      assertThat(task.path("spark_jar_task").path("main_class_name").asText())
          .isEqualTo(Main.class.getName());
      // A retry goes on. Databricks takes the exit code 75 for a failure, and would retry at once.
      assertThat(DeployFiles.texts(task.path("spark_jar_task").path("parameters")))
          .contains("--resume")
          .doesNotContain("--max-minutes");
    }
    assertThat(jobs().path("spark_vit_nightly").has("schedule")).isTrue();
    assertThat(jobs().path("spark_vit_train").has("schedule")).isFalse();
  }

  /** In every target the jar is the one for the Scala of the runtime. */
  @Test
  void everyTargetHasTheJarOfItsRuntime() {
    Set<String> jars = new HashSet<>();
    for (JsonNode target : bundle.path("targets")) {
      String runtime = valueOf(target, "spark_version");
      String jar = valueOf(target, "jar");
      String scala = runtime.replaceAll(".*-scala", "");
      assertThat(jar).contains("_" + scala + "-cluster.jar");
      assertThat(jar).contains(runtime.startsWith("16.") ? "-spark3.5_" : "-spark4.0_");
      jars.add(jar);
    }
    assertThat(jars).hasSize(2);
    bundle
        .findValues("libraries")
        .forEach(
            libraries ->
                assertThat(libraries.path(0).path("jar").asText())
                    .isEqualTo("${var.files}/jars/${var.jar}"));
  }

  private static String valueOf(JsonNode target, String variable) {
    JsonNode own = target.path("variables").path(variable);
    return own.isMissingNode()
        ? bundle.path("variables").path(variable).path("default").asText()
        : own.asText();
  }

  /**
   * What init.sh copies is where the tasks look for it, and what the README says is in the volume.
   */
  @Test
  void initScriptsBringWhatTheTasksName() {
    String init = DeployFiles.text(DeployFiles.FOLDER.resolve("databricks/init.sh"));
    assertThat(init)
        .contains("libturbojpeg")
        .contains("libheif1")
        .contains("\"${SPARK_VIT_FILES:?");
    for (JsonNode parameters : bundle.findValues("parameters")) {
      String file = parameters.path(1).asText();
      assertThat(file).startsWith("file:/opt/spark-vit/pipelines/");
      assertThat(Files.exists(Path.of("conf/pipelines", file.replaceAll(".*/", "")))).isTrue();
    }
    String readme = DeployFiles.text(DeployFiles.FOLDER.resolve("databricks/README.md"));
    for (JsonNode destination : bundle.findValues("destination")) {
      String script = destination.asText().replaceAll(".*/", "");
      assertThat(destination.asText()).isEqualTo("${var.files}/init/" + script);
      assertThat(DeployFiles.FOLDER.resolve("databricks").resolve(script)).exists();
      assertThat(readme).contains("deploy/databricks/" + script + " $files/init/" + script);
    }
    for (JsonNode cluster : clusters()) {
      assertThat(DeployFiles.fields(cluster.path("spark_env_vars")))
          .containsEntry("SPARK_VIT_FILES", "${var.files}");
      assertThat(cluster.path("aws_attributes").path("instance_profile_arn").asText())
          .isEqualTo("${var.instance_profile}");
    }
  }

  private static List<JsonNode> clusters() {
    return jobs().findValues("new_cluster");
  }

  /** The properties for those who make a cluster by hand are those of the bundle. */
  @Test
  void settingsAreThoseOfConf() {
    Map<String, String> conf = DeployFiles.properties("conf/spark-databricks.properties");
    for (JsonNode cluster : clusters()) {
      Map<String, String> settings = new TreeMap<>(DeployFiles.fields(cluster.path("spark_conf")));
      Map<String, String> environment = DeployFiles.fields(cluster.path("spark_env_vars"));
      for (String name : Arrays.asList("GOMP_SPINCOUNT", "LC_ALL")) {
        settings.put("spark.executorEnv." + name, environment.get(name));
      }
      assertThat(settings).isEqualTo(conf);
    }
  }

  /**
   * The GPU target gives the environment that DJL needs, and lets all tasks of a node share its
   * GPU.
   */
  @Test
  void gpuNodesGetLibtorch() {
    List<JsonNode> clusters = bundle.path("targets").path("prod_gpu").findValues("new_cluster");
    assertThat(clusters).hasSize(2);
    for (JsonNode cluster : clusters) {
      assertThat(DeployFiles.fields(cluster.path("spark_env_vars")))
          .containsOnlyKeys("PYTORCH_LIBRARY_PATH", "PYTORCH_VERSION", "PYTORCH_FLAVOR")
          .containsEntry("PYTORCH_LIBRARY_PATH", "/opt/libtorch/lib");
      assertThat(cluster.path("init_scripts")).hasSize(1);
      // A g5.4xlarge has 16 cores.
      assertThat(cluster.path("spark_conf").path("spark.task.resource.gpu.amount").asDouble())
          .isEqualTo(1.0 / 16);
    }
    assertThat(valueOf(bundle.path("targets").path("prod_gpu"), "node_type"))
        .isEqualTo("g5.4xlarge");
  }
}

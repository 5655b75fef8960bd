package org.sparkvit.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkvit.BuildFolder;
import org.sparkvit.SparkTest;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.TableSpec;
import org.sparkvit.dataset.schema.Tables;
import org.sparkvit.dataset.workspace.Workspace;

/** What an administrator does on a cluster: examine its machines, and register tables for SQL. */
class OperationsIT extends SparkTest {
  private static final int DRAWN = 100;

  @TempDir private Path folder;

  @Test
  void theDoctorTellsTheExecutorThatLacksSomethingFromTheOneThatDoesNot() throws Exception {
    Path clusters = BuildFolder.path().resolve(Path.of("clusters", "doctor"));
    try (StandaloneCluster cluster = StandaloneCluster.start(clusters, 1)) {
      List<String> command =
          List.of("doctor", "-w", folder.toString(), "--device", "cpu", "--executors");
      var alone = cluster.submit("alone", with(command, "1"));
      assertThat(alone.await()).as(alone.output()).isZero();
      assertThat(alone.output())
          .contains("2 processes")
          .containsPattern("ok +pytorch: .* for CPUs\n")
          .doesNotContain("failure");

      cluster.addWorker(
          2,
          Map.of(
              "JDK_JAVA_OPTIONS",
              "-Dsparkvit.turbojpeg=false",
              "PYTORCH_LIBRARY_PATH",
              folder.resolve("nothing").toString(),
              "PYTORCH_VERSION",
              "2.0.0"));
      var both = cluster.submit("both", with(command, "2"));
      assertThat(both.await()).as(both.output()).isEqualTo(1);
      assertThat(both.output())
          .contains("3 processes")
          .containsPattern("warning +libjpeg-turbo: absent +\\[executor \\d[^,\\]]*]")
          .containsPattern("failure +pytorch: .* +\\[executor \\d[^,\\]]*]")
          .containsPattern("jobs would fail on executor \\d[^,;]*; the lines above");

      var more = cluster.submit("more", with(command, "3"));
      assertThat(more.await()).as(more.output()).isEqualTo(1);
      assertThat(more.output()).contains("--executors asks for 3 but 2 answered");
    }
  }

  private static List<String> with(List<String> command, String last) {
    List<String> all = new ArrayList<>(command);
    all.add(last);
    return all;
  }

  @Test
  void allTablesAreFoundByNameInAHiveMetastore() throws Exception {
    String workspace = folder.resolve("workspace").toString();
    Scoring.catalog(workspace, DrawnImages.sound(folder.resolve("data"), DRAWN).folder());
    Scoring.score(workspace, Scoring.smallModel(folder.resolve("model"), 1));
    Workspace tables = Workspace.at(spark, workspace);
    List<TableSpec> there = Tables.ALL.stream().filter(tables::has).toList();
    assertThat(there).hasSizeGreaterThanOrEqualTo(3);

    Submitter submitter = new Submitter(folder, hive());
    assertThat(submitter.sparkVit("register", "-w", workspace, "--schema", "moderation"))
        .contains(there.size() + " tables are in `moderation`, " + there.size() + " of them newly");
    assertThat(submitter.sparkVit("register", "-w", workspace, "--schema", "moderation"))
        .contains(there.size() + " tables are in `moderation`, 0 of them newly registered");

    List<String> statements = new ArrayList<>(List.of("SHOW TABLES IN moderation"));
    for (TableSpec table : there) {
      statements.add("SELECT count(*) AS rows FROM moderation." + table.name());
    }
    statements.add("DESCRIBE moderation.images");
    List<String> answers = submitter.sql(statements);
    for (int i = 0; i < there.size(); i++) {
      assertThat(answers.get(0)).contains("\"tableName\":\"" + there.get(i).name() + "\"");
      assertThat(answers.get(i + 1))
          .isEqualTo("{\"rows\":" + tables.read(there.get(i)).count() + "}");
    }
    String comment = ImagesTable.SPEC.schema().apply(ImagesTable.SHA256).getComment().get();
    assertThat(answers.get(there.size() + 1)).contains("\"comment\":\"" + comment + "\"");
    assertThat(Files.exists(Path.of(workspace, "images", "_delta_log"))).isTrue();
  }

  /** An embedded metastore, and Delta Lake. */
  private List<String> hive() throws Exception {
    List<String> jars = new ArrayList<>();
    for (String name :
        List.of("io.delta.sql.DeltaSparkSessionExtension", "io.delta.storage.LocalLogStore")) {
      Class<?> type = Class.forName(name);
      jars.add(
          Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString());
    }
    return List.of(
        "--jars",
        String.join(",", jars),
        "--conf",
        "spark.sql.catalogImplementation=hive",
        "--conf",
        "spark.sql.extensions=io.delta.sql.DeltaSparkSessionExtension",
        "--conf",
        "spark.sql.catalog.spark_catalog=org.apache.spark.sql.delta.catalog.DeltaCatalog",
        "--conf",
        "spark.sql.warehouse.dir=" + folder.resolve("warehouse").toUri(),
        "--conf",
        "spark.hadoop.javax.jdo.option.ConnectionURL=jdbc:derby:;databaseName="
            + folder.resolve("metastore")
            + ";create=true");
  }
}

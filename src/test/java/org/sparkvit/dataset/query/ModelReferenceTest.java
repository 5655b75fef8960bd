package org.sparkvit.dataset.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkvit.SparkTest;
import org.sparkvit.TableWorkspace;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.schema.ModelsTable;
import org.sparkvit.dataset.workspace.Workspace;

/** What people can call a model. {@code W} stands for the workspace in names of places. */
class ModelReferenceTest extends SparkTest {
  private static final String FIRST = "20261101T080000000Z-0a1b2c3d";
  private static final String SECOND = "20261102T080000000Z-0a1b2c3d";
  private static final String GONE = "20261103T080000000Z-0a1b2c3d";
  private static final String NEVER = "20261104T080000000Z-0a1b2c3d";

  @TempDir private static Path folder;

  private static Workspace workspace;

  /** A model of two versions, another that is called as a hash begins, and some elsewhere. */
  @BeforeAll
  static void makeModels() throws IOException {
    TableWorkspace tables = TableWorkspace.at(spark, folder);
    workspace = tables.workspace();
    for (String run : List.of(FIRST, SECOND)) {
      Path version = Files.createDirectories(folder.resolve("models/vit/versions/" + run));
      Files.writeString(version.resolve("config.json"), "{}");
      workspace.modelVersions("vit").promote(run);
    }
    Files.createDirectories(folder.resolve("models/cafe"));
    Files.writeString(folder.resolve("models/cafe/config.json"), "{}");
    List<Row> rows = new ArrayList<>();
    scored(rows, "aa11", workspace.model("vit") + "/versions/" + FIRST);
    scored(rows, "aa22", workspace.model("vit") + "/versions/" + SECOND);
    scored(rows, "bb33", workspace.model("vit") + "/versions/" + GONE);
    scored(rows, "cafe4", "s3a://bucket/large/");
    scored(rows, "dd55", "s3a://bucket/small");
    scored(rows, "ee66", "s3a://other/small");
    scored(rows, "ff77", "file:/replaced");
    scored(rows, "ff88", "/replaced/");
    tables.table(ModelsTable.SPEC, rows);
  }

  private static void scored(List<Row> rows, String hash, String location) {
    rows.add(RowFactory.create(hash, location, List.of("cat", "dog"), new Timestamp(rows.size())));
  }

  private static String own(String place) {
    return place.replace("W/", workspace.uri() + "/");
  }

  @ParameterizedTest
  @CsvSource({
    "vit, W/models/vit/versions/" + SECOND,
    "vit@" + FIRST + ", W/models/vit/versions/" + FIRST,
    "W/models/vit, W/models/vit/versions/" + SECOND,
    "cafe, W/models/cafe",
    "cafe4, s3a://bucket/large/",
    "large, s3a://bucket/large/",
    "dd, s3a://bucket/small",
    "aa1, W/models/vit/versions/" + FIRST,
    "./elsewhere, ./elsewhere",
    "hdfs://host/a/model.pt, hdfs://host/a"
  })
  void aModelIsFoundByNameVersionPlaceOrHash(String text, String location) {
    assertThat(new ModelReference(own(text)).location(workspace)).isEqualTo(own(location));
  }

  @ParameterizedTest
  @CsvSource({
    "vit, aa22",
    "vit@" + FIRST + ", aa11",
    "vit@" + GONE + ", bb33",
    "W/models/vit, aa22",
    "W/models/vit/versions/" + FIRST + "/, aa11",
    "cafe4, cafe4",
    "s3a://bucket/large, cafe4",
    "large, cafe4",
    "dd, dd55",
    "/replaced, ff88"
  })
  void itIsTheSameModelAmongThoseWithPredictions(String text, String hash) {
    assertThat(new ModelReference(own(text)).scored(workspace).hash()).isEqualTo(hash);
  }

  @ParameterizedTest
  @ValueSource(strings = {"aa", "small", "ff"})
  void severalModelsThatFitAreListed(String text) {
    ModelReference reference = new ModelReference(text);
    for (Runnable use :
        List.<Runnable>of(() -> reference.scored(workspace), () -> reference.location(workspace))) {
      assertThatThrownBy(use::run)
          .isInstanceOf(UserException.class)
          .hasMessageContaining("'" + text + "' can mean 2 models that have predictions: [")
          .hasMessageContaining("more digits of a hash");
    }
  }

  @Test
  void whatIsNoModelIsRefusedWithThoseThatThereAre() {
    for (String text : List.of("it", "versions", "resnet")) {
      assertThatThrownBy(() -> new ModelReference(text).location(workspace))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("there is no model '" + text + "' in " + workspace.uri())
          .hasMessageContaining("[cafe, vit]")
          .hasMessageContaining("vit@" + FIRST + " (aa11)");
    }
    assertThatThrownBy(() -> new ModelReference("vit@" + NEVER).location(workspace))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("has no version '" + NEVER + "'");
    assertThatThrownBy(() -> new ModelReference(" "))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("is empty");
  }

  @Test
  void aModelThatHasScoredNothingIsNamedWithTheCommandThatScores() {
    for (String text : List.of("cafe", "s3a://bucket/new", "vit@" + NEVER)) {
      assertThatThrownBy(() -> new ModelReference(text).scored(workspace))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("model '" + text + "' has no predictions")
          .hasMessageContaining("'spark-vit score --model " + text + "'");
    }
  }

  @Test
  void whatWasPinnedGoesOnMeaningTheSame() {
    assertThat(new ModelReference("vit").pinned(workspace)).isEqualTo("vit@" + SECOND);
    assertThat(new ModelReference("aa1").pinned(workspace))
        .isEqualTo(own("W/models/vit/versions/" + FIRST));
    assertThat(new ModelReference("large").pinned(workspace)).isEqualTo("s3a://bucket/large/");
  }

  @Test
  void filesOfAnotherModelThanTheHashSaysAreRefused() {
    new ModelReference("dd").requireHash(workspace, "dd55");
    new ModelReference("vit").requireHash(workspace, "whatever is there");
    assertThatThrownBy(() -> new ModelReference("dd").requireHash(workspace, "dd99"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("model 'dd' was in s3a://bucket/small, where another one is now")
        .hasMessageContaining("dd99");
  }
}

package org.sparkvit.pipeline.maintenance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkvit.SparkTest;
import org.sparkvit.TableWorkspace;
import org.sparkvit.TableWorkspace.Image;
import org.sparkvit.core.UserException;
import org.sparkvit.core.options.Options;

class RegisterStageTest extends SparkTest {
  @TempDir private Path folder;
  private final List<String> said = new ArrayList<>();

  private void run(Object... options) {
    List<Object> all = new ArrayList<>(List.of("workspace", folder.toString(), "schema", "a`b"));
    all.addAll(List.of(options));
    new RegisterStage().run(spark, Options.with(RegisterConfig.class, all.toArray()), said::add);
  }

  @Test
  void theSqlNamesEachTableThatIsThereAndItsPlace() {
    TableWorkspace.at(spark, folder).images(List.of(new Image("a", "cat", "OK", "web")));
    long schemas = spark.catalog().listDatabases().count();
    run("dry-run", true, "catalog", "main", "prefix", "photos_");
    assertThat(said)
        .containsExactly(
            "CREATE SCHEMA IF NOT EXISTS `main`.`a``b`;",
            "CREATE TABLE `main`.`a``b`.`photos_images` USING delta LOCATION 'file:"
                + folder.toAbsolutePath()
                + "/images';");
    assertThat(spark.catalog().listDatabases().count()).isEqualTo(schemas);
  }

  @Test
  void aWorkspaceWithoutTablesIsNamed() {
    assertThatThrownBy(this::run)
        .isInstanceOf(UserException.class)
        .hasMessageContaining("has no tables yet; run 'spark-vit catalog' first");
  }

  @Test
  void namesAreChecked() {
    assertThatThrownBy(() -> run("prefix", "a-b"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("--prefix is 'a-b'");
  }
}

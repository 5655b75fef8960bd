package org.sparkvit.pipeline.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkvit.SparkTest;
import org.sparkvit.core.UserException;

/** What folders are taken for, by the paths alone: no file is needed to decide it. */
class LayoutTest extends SparkTest {
  private final InputDecisions decisions = new InputDecisions();

  /** "FOLDER label split" of each path, in their order. */
  private List<String> read(LayoutOption layout, String... paths) {
    List<Row> rows = new ArrayList<>();
    for (String path : paths) {
      Row row =
          path.endsWith(".txt")
              ? Listing.skipped(path, path, SkipReason.NOT_AN_IMAGE, null)
              : Listing.file(path, path, null, null, 0, 1L, 0L);
      rows.add(Listing.within(row, path));
    }
    CatalogConfig config = new CatalogRun(spark, "unused").config(List.of("unused"), layout);
    List<Row> placed =
        FolderLayout.place(
                spark,
                JavaSparkContext.fromSparkContext(spark.sparkContext()).parallelize(rows, 2),
                "in",
                config,
                decisions)
            .collectAsList();
    return placed.stream()
        .map(row -> row.getString(0) + " " + row.getString(2) + " " + row.getString(3))
        .toList();
  }

  private String said() {
    return String.join("\n", decisions.sentences());
  }

  @Test
  void classesCalledTrainValidOrTestBesideOthersKeepTheirImages() {
    assertThat(read(LayoutOption.AUTO, "bus/1.jpg", "car/2.jpg", "train/3.jpg"))
        .containsExactly("bus/1.jpg bus null", "car/2.jpg car null", "train/3.jpg train null");
    assertThat(said())
        .isEqualTo("layout: 3 classes; 'train' is a class here: it stands beside 'bus' and 'car'");
    assertThat(read(LayoutOption.AUTO, "invalid/1.jpg", "valid/2.jpg"))
        .containsExactly("invalid/1.jpg invalid null", "valid/2.jpg valid null");
    assertThat(read(LayoutOption.AUTO, "blank/1.jpg", "control/2.jpg", "test/a/b/3.jpg"))
        .contains("test/a/b/3.jpg test null");
  }

  @Test
  void foldersThatAllHoldTheSameFoldersAreClassesAndItIsSaid() {
    assertThat(
            read(
                LayoutOption.AUTO,
                "fold_1/cat/1.jpg",
                "fold_1/dog/2.jpg",
                "fold_2/cat/3.jpg",
                "fold_2/dog/4.jpg",
                "fold_2/owl/5.jpg"))
        .contains("fold_1/cat/1.jpg fold_1 null", "fold_2/owl/5.jpg fold_2 null");
    assertThat(said())
        .isEqualTo(
            "layout: 2 classes; each of them has the same folders, 'cat' and 'dog': if those are"
                + " the classes, give each of 'fold_1' and 'fold_2' as an --input of its own");
  }

  @Test
  void theWordsOfHuggingFaceAreSplitsWithClassesBelow() {
    assertThat(
            read(
                LayoutOption.AUTO,
                "Training/a/1.jpg",
                "Training/b/2.jpg",
                "Testing/a/3.jpg",
                "Testing/b/4.jpg"))
        .containsExactly(
            "Training/a/1.jpg a train",
            "Training/b/2.jpg b train",
            "Testing/a/3.jpg a test",
            "Testing/b/4.jpg b test");
    assertThat(said()).isEqualTo("layout: 2 splits x 2 classes ('Testing' and 'Training')");
    assertThat(read(LayoutOption.AUTO, "train/a/1.jpg", "dev/a/2.jpg", "eval/a/3.jpg"))
        .containsExactly(
            "train/a/1.jpg a train", "dev/a/2.jpg a validation", "eval/a/3.jpg a test");
    assertThat(read(LayoutOption.AUTO, "cats_train_2/a/1.jpg", "cats-TEST.v1/a/2.jpg"))
        .containsExactly("cats_train_2/a/1.jpg a train", "cats-TEST.v1/a/2.jpg a test");
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "train, train",
        "Training, train",
        "VAL, validation",
        "valid, validation",
        "validation, validation",
        "dev, validation",
        "test, test",
        "Testing, test",
        "eval, test",
        "evaluation, test",
        "train_2, train",
        "my-test.images, test",
        "2024test01, test",
        "fold-1, -",
        "trainer, -",
        "contest, -",
        "invalid, -",
        "holdout, -",
        "train-test, -",
        "'', -",
      })
  void aSplitIsNamedByAWordBetweenSeparators(String name, String split) {
    assertThat(FolderLayout.splitNamed(name)).isEqualTo(split);
  }

  @Test
  void splitsWithoutClassFoldersHaveNoLabels() {
    assertThat(read(LayoutOption.AUTO, "train/1.jpg", "test/2.jpg"))
        .containsExactly("train/1.jpg null train", "test/2.jpg null test");
    assertThat(said()).contains("2 splits without classes ('test' and 'train')");
  }

  @Test
  void oneSplitFolderAlone() {
    assertThat(read(LayoutOption.AUTO, "train/a/1.jpg", "train/b/2.jpg"))
        .containsExactly("train/a/1.jpg a train", "train/b/2.jpg b train");
    assertThat(said()).contains("1 split x 2 classes");
    assertThat(read(LayoutOption.AUTO, "train/1.jpg", "train/2.jpg"))
        .containsExactly("train/1.jpg null train", "train/2.jpg null train");
    assertThat(read(LayoutOption.AUTO, "train/cat/1.jpg", "train/cat/2.jpg"))
        .containsExactly("train/cat/1.jpg cat train", "train/cat/2.jpg cat train");
  }

  @Test
  void aTestSplitWithoutLabelsBesideOneWithClasses() {
    assertThat(read(LayoutOption.AUTO, "train/a/1.jpg", "train/b/2.jpg", "test/3.jpg"))
        .containsExactly("train/a/1.jpg a train", "train/b/2.jpg b train", "test/3.jpg null test");
    assertThat(said())
        .contains("2 splits x 2 classes")
        .contains("1 image in splits but in no class folder, without a label");
  }

  @Test
  void classesThatASplitLacksAreSaid() {
    read(LayoutOption.AUTO, "train/a/1.jpg", "train/b/2.jpg", "val/a/3.jpg", "val/c/4.jpg");
    assertThat(said())
        .contains("2 splits x 3 classes")
        .contains("train has no image of 1 class: 'c'", "validation has no image of 1 class: 'b'");
  }

  @Test
  void aSplitOfAnotherNameWithTheSameClassesIsAskedFor() {
    String[] paths = {
      "train/cat/1.jpg", "train/dog/2.jpg", "holdout/cat/3.jpg", "holdout/dog/4.jpg"
    };
    assertThatThrownBy(() -> read(LayoutOption.AUTO, paths))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("'in' may be read in two ways")
        .hasMessageContaining("'train' is called like a split and 'holdout' beside it is not")
        .hasMessageContaining("both hold 'cat' and 'dog'")
        .hasMessageContaining("As splits: 'train' with the classes 'cat' and 'dog'")
        .hasMessageContaining("pass --layout splits")
        .hasMessageContaining("As classes: 'holdout' and 'train'; pass --layout folder");
    assertThat(read(LayoutOption.FOLDER, paths))
        .contains("train/cat/1.jpg train null", "holdout/dog/4.jpg holdout null");
    assertThat(read(LayoutOption.SPLITS, paths))
        .contains("train/cat/1.jpg cat train", "holdout/dog/4.jpg dog null");
    assertThat(said())
        .contains("'holdout' is not called like a split: its 2 images are given none");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // deeper, below a folder that holds all
        "data/train/cat/1.jpg data/holdout/cat/2.jpg",
        // STL-10
        "train/a/1.jpg test/a/2.jpg unlabeled/3.jpg",
        // a class beside the splits that it is in
        "train/cat/1.jpg val/dog/2.jpg dog/3.jpg",
        // names that say more than a split
        "test-strip/1.jpg validation_failed/2.jpg",
        "test-strip/1.jpg test-tube/2.jpg",
        "test-strip/1.jpg test-strip/2.jpg",
      })
  void whatMayBeReadInTwoWaysIsAsked(String paths) {
    assertThatThrownBy(() -> read(LayoutOption.AUTO, paths.split(" ")))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("two ways")
        .hasMessageContaining("--layout splits")
        .hasMessageContaining("--layout folder");
    assertThat(read(LayoutOption.FOLDER, paths.split(" ")))
        .noneMatch(row -> row.contains("null null"));
  }

  @Test
  void foldersThatHoldAllSayNothingAboveSplits() {
    assertThat(
            read(
                LayoutOption.AUTO,
                "images/train/a/1.jpg",
                "images/train/b/2.jpg",
                "images/val/a/3.jpg"))
        .containsExactly(
            "images/train/a/1.jpg a train",
            "images/train/b/2.jpg b train",
            "images/val/a/3.jpg a validation");
    assertThat(said()).contains("2 splits x 2 classes", "in folder 'images'");
    assertThat(read(LayoutOption.AUTO, "images/train/a/1.jpg", "labels/train/1.txt"))
        .contains("images/train/a/1.jpg a train");
  }

  @Test
  void splitsBelowEachClass() {
    assertThat(read(LayoutOption.AUTO, "cat/train/1.jpg", "cat/test/2.jpg", "dog/train/x/3.jpg"))
        .containsExactly(
            "cat/train/1.jpg cat train", "cat/test/2.jpg cat test", "dog/train/x/3.jpg dog train");
    assertThat(said())
        .isEqualTo("layout: 2 classes x 2 splits, the splits being folders of each class");
    assertThat(read(LayoutOption.AUTO, "cat/train/1.jpg", "cat/test/2.jpg"))
        .containsExactly("cat/train/1.jpg cat train", "cat/test/2.jpg cat test");
    // Of some classes only: a folder called test may be anything.
    assertThat(read(LayoutOption.AUTO, "cat/1.jpg", "dog/test/3.jpg"))
        .containsExactly("cat/1.jpg cat null", "dog/test/3.jpg dog null");
    assertThat(said())
        .contains("1 image in folders below the classes that are called like splits: not taken");
  }

  @Test
  void deeperFoldersAndImagesAboveTheClasses() {
    assertThat(read(LayoutOption.AUTO, "cat/2021/05/1.jpg", "cat/2.jpg", "dog/2021/3.jpg", "4.jpg"))
        .containsExactly(
            "cat/2021/05/1.jpg cat null",
            "cat/2.jpg cat null",
            "dog/2021/3.jpg dog null",
            "4.jpg null null");
    assertThat(said()).isEqualTo("layout: 2 classes; 1 image above the classes without a label");
    assertThat(read(LayoutOption.AUTO, "train/a/1.jpg", "test/a/2.jpg", "3.jpg"))
        .contains("train/a/1.jpg a train", "3.jpg null null");
    assertThat(said()).contains("1 image beside the splits in none");
  }

  @Test
  void foldersWithoutImagesDecideNothingAndAreSaid() {
    assertThat(read(LayoutOption.AUTO, "train/a/1.jpg", "test/a/2.jpg", "annotations/1.txt"))
        .contains("train/a/1.jpg a train", "test/a/2.jpg a test");
    assertThat(said()).contains("1 folder left out, without images: 'annotations'");
  }

  @Test
  void theOptionDecidesOtherwise() {
    assertThat(read(LayoutOption.FOLDER, "train/1.jpg", "test/2.jpg"))
        .containsExactly("train/1.jpg train null", "test/2.jpg test null");
    assertThat(said()).contains("'test' and 'train' are classes here, as --layout folder says");
    assertThatThrownBy(() -> read(LayoutOption.SPLITS, "cat/1.jpg", "dog/2.jpg"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("--layout splits: no folder with images in 'in'")
        .hasMessageContaining("'cat' and 'dog'");
  }

  @Test
  void theSameForAnyOrder() {
    String[] paths = {"train/a/1.jpg", "test/b/2.jpg", "3.jpg", "val/a/4.jpg"};
    List<String> one = read(LayoutOption.AUTO, paths);
    List<String> other = read(LayoutOption.AUTO, paths[3], paths[2], paths[1], paths[0]);
    assertThat(new TreeSet<>(other)).isEqualTo(new TreeSet<>(one));
    assertThat(decisions.sentences()).hasSize(1);
  }
}

package org.sparkvit.pipeline.catalog;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;
import org.sparkvit.dataset.schema.SplitsTable;
import org.sparkvit.image.codec.ImageFormat;

/**
 * The meaning of the folders that a file lies in. One layout holds for a whole input; {@link
 * LayoutRules} decides which.
 *
 * @param kind the kind of layout
 * @param base the number of folders above those, which hold all images and have no meaning: 1 where
 *     {@code images/train/cat/1.jpg} is read as split and class
 */
record FolderLayout(Kind kind, int base) implements Serializable {

  /** The meaning of an input's folders from the top. The folders below these have none. */
  enum Kind {
    /** {@code cat/1.jpg}, as in torchvision's {@code ImageFolder}. */
    CLASSES,
    /** {@code train/cat/1.jpg}, and {@code test/1.jpg} where a split has no classes. */
    SPLITS,
    /** {@code cat/train/1.jpg}. */
    CLASSES_THEN_SPLITS
  }

  /**
   * Matches the separators between the words of a name, as in {@code data_files} of Hugging Face's
   * datasets.
   */
  private static final Pattern SEPARATORS = Pattern.compile("[-_./\\s\\d]+");

  /** Words that only say that there are images. */
  private static final Set<String> EMPTY_WORDS =
      Set.of("set", "data", "dataset", "split", "images", "image", "img", "imgs", "photos");

  /**
   * The label and split of a path.
   *
   * @param label the label, or null where no folder names one
   * @param split a name of {@link SplitsTable}, or null
   */
  record Place(String label, String split) {}

  /** Returns the label and split of a path relative to the input, e.g. {@code train/cat/1.jpg}. */
  Place of(String relative) {
    String[] parts = relative.split("/", -1);
    String first = folder(parts, base);
    String second = folder(parts, base + 1);
    return switch (kind) {
      case CLASSES -> new Place(first, null);
      case SPLITS -> new Place(second, first == null ? null : splitNamed(first));
      case CLASSES_THEN_SPLITS -> new Place(first, second == null ? null : splitNamed(second));
    };
  }

  private static String folder(String[] parts, int level) {
    return parts.length > level + 1 ? parts[level] : null;
  }

  /**
   * Returns the split that the name of a folder, or a cell of a manifest, contains: one of the
   * words of Hugging Face's datasets, in any case, as a part of the name between {@code - _ . /},
   * spaces and digits. It is null where the name has no such word, or words of two splits, such as
   * {@code train-test}.
   */
  static String splitNamed(String name) {
    String found = null;
    for (String word : words(name)) {
      String split = splitOf(word);
      if (split != null && found != null && !split.equals(found)) {
        return null;
      }
      found = split == null ? found : split;
    }
    return found;
  }

  /**
   * Returns the words of a name besides a split and a number, such as {@code strip} of {@code
   * test-strip2}. It is empty for {@code Training} and {@code test_set}.
   */
  static Set<String> besidesSplit(String name) {
    Set<String> rest = new TreeSet<>();
    for (String word : words(name)) {
      if (splitOf(word) == null && !EMPTY_WORDS.contains(word)) {
        rest.add(word);
      }
    }
    return rest;
  }

  private static List<String> words(String name) {
    List<String> words = new ArrayList<>();
    for (String word : SEPARATORS.split(name.toLowerCase(Locale.ROOT), -1)) {
      if (!word.isEmpty()) {
        words.add(word);
      }
    }
    return words;
  }

  private static String splitOf(String word) {
    return switch (word) {
      case "train", "training" -> SplitsTable.TRAIN;
      case "val", "valid", "validation", "dev" -> SplitsTable.VALIDATION;
      case "test", "testing", "eval", "evaluation" -> SplitsTable.TEST;
      default -> null;
    };
  }

  /**
   * Returns the rows of an input with the labels and splits that its folders give them. All rows
   * together decide the layout.
   *
   * @param walked rows with {@link Listing#WITHIN}
   * @param input the input's URI, for messages
   */
  static Dataset<Row> place(
      SparkSession spark,
      JavaRDD<Row> walked,
      String input,
      CatalogConfig config,
      InputDecisions decisions) {
    // Looked at before it is used; freed when nothing refers to it any more.
    JavaRDD<Row> rows = walked.persist(StorageLevel.MEMORY_AND_DISK());
    boolean labelled = !config.unlabelled();
    FolderLayout layout =
        LayoutRules.decide(
            input,
            FolderSurvey.survey(spark.createDataFrame(rows, Listing.SCHEMA)),
            config.layout(),
            labelled,
            decisions);
    return spark.createDataFrame(
        rows.map(row -> Listing.placed(row, layout, labelled)), Listing.SCHEMA);
  }

  /**
   * Returns the label and split of a path in a data set of which nothing else is known. A first
   * folder is a split if its whole name is a split's.
   */
  static Place place(String relative) {
    int end = relative.indexOf('/');
    String first = end < 0 ? null : relative.substring(0, end);
    boolean split = first != null && splitNamed(first) != null && besidesSplit(first).isEmpty();
    return new FolderLayout(split ? Kind.SPLITS : Kind.CLASSES, 0).of(relative);
  }

  /**
   * Returns whether a file is one that operating systems and jobs leave behind, like {@code
   * .DS_Store}, {@code ._1.jpg}, {@code Thumbs.db} or {@code _SUCCESS}. An image may begin with an
   * underscore, as cameras write {@code _MG_0001.JPG}.
   */
  static boolean isHiddenFile(String name) {
    return name.startsWith(".")
        || (name.startsWith("_") && ImageFormat.ofName(name).isEmpty())
        || name.equalsIgnoreCase("Thumbs.db")
        || name.equalsIgnoreCase("desktop.ini");
  }

  /**
   * Returns whether a folder is one that operating systems and jobs leave behind. An underscore
   * alone does not make it one, as a class may begin with it.
   */
  static boolean isHiddenFolder(String name) {
    return name.startsWith(".")
        || name.equals("__MACOSX")
        || name.equals("_temporary")
        || name.equals("@eaDir");
  }

  /** Returns whether any part of a relative path is hidden. */
  static boolean isHidden(String relative) {
    String[] parts = relative.split("/", -1);
    for (int i = 0; i < parts.length - 1; i++) {
      if (isHiddenFolder(parts[i])) {
        return true;
      }
    }
    return isHiddenFile(parts[parts.length - 1]);
  }
}

package org.sparkvit.cli;

import java.util.List;
import java.util.function.Consumer;
import org.apache.spark.sql.SparkSession;
import org.sparkvit.core.Background;
import org.sparkvit.core.Progress;
import org.sparkvit.pipeline.catalog.CatalogConfig;
import org.sparkvit.pipeline.catalog.CatalogStage;
import org.sparkvit.pipeline.catalog.InputFormat;
import org.sparkvit.pipeline.catalog.LayoutOption;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code spark-vit catalog}. */
@Command(
    name = "catalog",
    description = {
      "Finds the images of folders, manifests and tar shards, reads and decodes each once, and"
          + " writes the images table:",
      "one row per file with its label, size, hash, format and status, whatever became of it.",
      "Formats: JPEG, PNG, GIF, BMP, TIFF, WebP, PBM, PGM, PPM; others are named in the column"
          + " 'reason'."
    })
final class CatalogCommand extends SparkCommand {
  @Option(
      names = {"-i", "--input"},
      required = true,
      paramLabel = "URI",
      description = {
        "What to catalog; may be given several times:",
        "a folder class/file or split/class/file (see --layout);",
        "a manifest .csv, .tsv, .jsonl or .parquet, or a folder with metadata.csv, .jsonl or"
            + " .parquet in it;",
        "a tar file, or a folder of them, in WebDataset's layout or with class folders inside."
      })
  private List<String> inputs;

  @Option(
      names = "--format",
      paramLabel = "auto|folder|manifest|webdataset",
      defaultValue = "auto",
      description = "What the inputs are; auto goes by what is there. Default: ${DEFAULT-VALUE}.")
  private InputFormat format;

  @Option(
      names = "--layout",
      paramLabel = "auto|folder|splits",
      defaultValue = "auto",
      description = {
        "What folders are. folder: the first is the class, whatever it is called; splits: those"
            + " called like splits",
        "(train, training; validation, valid, val, dev; test, testing, eval, evaluation; also as a"
            + " part, as in test_2) are splits.",
        "auto: splits only where all folders beside them are called so; what was decided is said."
            + " Default: ${DEFAULT-VALUE}."
      })
  private LayoutOption layout;

  @Option(
      names = "--path-column",
      paramLabel = "NAME",
      description =
          "Manifest: the column of image paths. Default: the first of path, file_name, image, else"
              + " the one that ends with _file_name.")
  private String pathColumn;

  @Option(
      names = "--label-column",
      paramLabel = "NAME",
      description =
          "Manifest: the column of labels; shards: the field in .json. Default: label, else class.")
  private String labelColumn;

  @Option(
      names = "--split-column",
      paramLabel = "NAME",
      description =
          "Manifest: the column that says train, validation or test. Default: split, where there is"
              + " one.")
  private String splitColumn;

  @Option(
      names = "--image-root",
      paramLabel = "URI",
      description =
          "Manifest: folder that relative paths start from. Default: the manifest's own folder.")
  private String imageRoot;

  @Option(
      names = "--image-member",
      paramLabel = "EXT[,EXT]",
      split = ",",
      description = {
        "Tar shards: the members that are images, by what follows the first dot of their names,"
            + " such as jpg or input.jpg;",
        "of several the first that a sample has; all: each is a row. Default: the only one of an"
            + " image's extension."
      })
  private List<String> imageMembers = List.of();

  @Option(
      names = "--label-member",
      paramLabel = "EXT",
      description = {
        "Tar shards: the members that are labels, such as cls, json or outputs.txt.",
        "Default: cls, else a field of json, else txt where its texts are few and short, else the"
            + " class folder."
      })
  private String labelMember;

  @Option(
      names = "--within",
      paramLabel = "URI",
      description = {
        "Manifest: a folder that its paths may lead to; may be given several times. What lies"
            + " elsewhere, also by way of",
        "a link, is a row with status REFUSED and never opened. Default: --image-root, else the"
            + " manifest's own folder."
      })
  private List<String> within = List.of();

  @Option(
      names = "--encoding",
      paramLabel = "NAME",
      description =
          "Manifest of text: its encoding, e.g. latin-1, windows-1252, utf-16. Default: by its byte"
              + " order mark, else UTF-8.")
  private String encoding;

  @Option(
      names = "--delimiter",
      paramLabel = "CHARACTER",
      description =
          "Manifest .csv or .tsv: what is between its cells; tab for a tab. Default: by its header,"
              + " of , ; tab and |.")
  private String delimiter;

  @Option(
      names = "--unlabelled",
      fallbackValue = "true",
      description =
          "Give no image a label (images to be scored): folders are not classes, manifests need no"
              + " label.")
  private boolean unlabelled;

  @Option(
      names = "--empty-label",
      paramLabel = "fail|unlabelled",
      defaultValue = "fail",
      description =
          "What an empty label in a manifest or shard is: a mistake, or an image without one."
              + " Default: ${DEFAULT-VALUE}.")
  private CatalogConfig.EmptyLabel emptyLabel;

  @Option(
      names = "--background",
      paramLabel = "none|white|black|#RRGGBB",
      defaultValue = "none",
      description = {
        "What transparent images are put on, in every stage that looks at images.",
        "none: alpha is left out, as Pillow's convert('RGB') does, and the colours under it show."
            + " Default: ${DEFAULT-VALUE}."
      })
  private String background;

  @Option(
      names = "--partitions",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "Tasks to read and decode in; 0 chooses by size and cores. No row depends on it. Default:"
              + " ${DEFAULT-VALUE}.")
  private int partitions;

  @Option(
      names = "--max-error-rate",
      paramLabel = "RATE",
      defaultValue = "0.5",
      description =
          "Publish nothing when a larger share of the files is unusable. Default:"
              + " ${DEFAULT-VALUE}.")
  private double maxErrorRate;

  @Option(
      names = "--overwrite",
      fallbackValue = "true",
      description = "Replace the images table where there is one.")
  private boolean overwrite;

  @Override
  protected Consumer<SparkSession> prepare(Progress progress) {
    CatalogConfig config =
        new CatalogConfig(
            workspace(),
            inputs,
            format,
            layout,
            pathColumn,
            labelColumn,
            splitColumn,
            imageRoot,
            imageMembers,
            labelMember,
            within,
            encoding,
            delimiter,
            unlabelled,
            emptyLabel,
            Background.parse("--background", background),
            partitions,
            maxErrorRate,
            overwrite);
    return new CatalogStage(config, progress)::run;
  }
}

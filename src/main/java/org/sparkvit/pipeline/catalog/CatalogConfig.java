package org.sparkvit.pipeline.catalog;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.sparkvit.core.Background;
import org.sparkvit.core.UserException;
import org.sparkvit.core.options.Option;
import org.sparkvit.core.options.OverwriteOption;
import org.sparkvit.core.options.WorkspaceOption;

/**
 * Options of {@link CatalogStage}.
 *
 * @param workspace URI of the workspace
 * @param inputs URIs of image folders, manifests and tar shards; at least one
 * @param format what the inputs are
 * @param layout what the folders of an image folder or within shards are
 * @param pathColumn the manifest's column of image paths, or of images inside Parquet; without it
 *     the images where there are some, otherwise the first of {@code path}, {@code file_name},
 *     {@code image} that the manifest has
 * @param labelColumn the manifest's column, or the field of a shard's JSON members, that holds the
 *     label; without it the first of {@code label}, {@code class}
 * @param splitColumn the manifest's column that names a split; without it {@code split}, where
 *     there is one
 * @param imageRoot folder that a manifest's relative paths start from; without it the manifest's
 *     own folder
 * @param imageMembers in shards, what follows the first dot of the names of images, such as {@code
 *     jpg} or {@code input.jpg}: a sample's image is the first of them that it has; empty for the
 *     only one, {@code all} to take each for an image of its own
 * @param labelMember in shards, what follows the first dot of the names of labels, such as {@code
 *     cls} or {@code outputs.txt}; without it {@code cls}, {@code json} or {@code txt}
 * @param within folders that a manifest's paths may lead to; empty for the folder that its relative
 *     paths start from
 * @param encoding how a manifest of text is encoded, unless it has a byte order mark; without it
 *     UTF-8
 * @param delimiter what separates the cells of a CSV; without it what its header says
 * @param unlabelled gives no image a label: folders are not classes, a manifest needs no label
 * @param emptyLabel what an empty label in a manifest or shard means
 * @param background what transparent images are put on, in every stage that looks at images
 * @param partitions how many tasks decode; 0 to choose by size
 * @param maxErrorRate the highest share of unusable files that is still taken for a data set, 0 to
 *     1
 * @param update whether files that are as the earlier catalog read them are not read again
 * @param overwrite whether an earlier catalog is replaced
 */
public record CatalogConfig(
    @WorkspaceOption String workspace,
    @Option(
            name = "input",
            letter = "i",
            label = "URI",
            splitsAtCommas = false,
            help =
                "What to catalog; may be given several times. A folder class/file or"
                    + " split/class/file (see --layout); a manifest .csv, .tsv, .jsonl or .parquet,"
                    + " or a folder with metadata.csv, .jsonl or .parquet in it; a tar file, or a"
                    + " folder of them, in WebDataset's layout or with class folders inside."
                    + " Parquet and Delta tables may have the images inside, as bytes. So may data"
                    + " sets of Hugging Face.")
        List<String> inputs,
    @Option(
            standard = "auto",
            advanced = true,
            help = "What the inputs are; auto goes by what is there.")
        InputFormat format,
    @Option(
            standard = "auto",
            help =
                "What folders are. folder: the first is the class, whatever it is called. splits:"
                    + " those called like splits (train, training; validation, valid, val, dev;"
                    + " test, testing, eval, evaluation; also as a part, as in test_2) are splits."
                    + " auto: splits only where all folders beside them are called so; what was"
                    + " decided is said.")
        LayoutOption layout,
    @Option(
            label = "NAME",
            help =
                "Manifest: the column of image paths, or of images. Without it that of images. Else"
                    + " the first of path, file_name, image, else the one that ends with"
                    + " _file_name.")
        Optional<String> pathColumn,
    @Option(
            label = "NAME",
            help =
                "Manifest: the column of labels; shards: the field in .json. Without it label, else"
                    + " class.")
        Optional<String> labelColumn,
    @Option(
            label = "NAME",
            help =
                "Manifest: the column that says train, validation or test. Without it split, where"
                    + " there is one.")
        Optional<String> splitColumn,
    @Option(
            label = "URI",
            advanced = true,
            help =
                "Manifest: folder that relative paths start from. Without it the manifest's own"
                    + " folder.")
        Optional<String> imageRoot,
    @Option(
            name = "image-member",
            label = "EXT[,EXT]",
            advanced = true,
            help =
                "Tar shards: the members that are images, by what follows the first dot of their"
                    + " names, such as jpg or input.jpg; of several the first that a sample has;"
                    + " all: each is a row. Without it the only one of an image's extension.")
        List<String> imageMembers,
    @Option(
            label = "EXT",
            advanced = true,
            help =
                "Tar shards: the members that are labels, such as cls, json or outputs.txt. Without"
                    + " it cls, else a field of json, else txt where its texts are few and short,"
                    + " else the class folder.")
        Optional<String> labelMember,
    @Option(
            label = "URI",
            splitsAtCommas = false,
            advanced = true,
            help =
                "Manifest: a folder that its paths may lead to; may be given several times. What"
                    + " lies elsewhere, also by way of a link, is a row with status REFUSED and"
                    + " never opened. Without it --image-root, else the manifest's own folder.")
        List<String> within,
    @Option(
            label = "NAME",
            advanced = true,
            help =
                "Manifest of text: its encoding, e.g. latin-1, windows-1252, utf-16. Without it by"
                    + " its byte order mark, else UTF-8.")
        Optional<String> encoding,
    @Option(
            label = "CHARACTER",
            advanced = true,
            help =
                "Manifest .csv or .tsv: what is between its cells; tab for a tab. Without it by its"
                    + " header, of , ; tab and |.")
        Optional<String> delimiter,
    @Option(
            help =
                "Give no image a label (images to be scored): folders are not classes, manifests"
                    + " need no label.")
        boolean unlabelled,
    @Option(
            standard = "fail",
            advanced = true,
            help =
                "What an empty label in a manifest or shard is: a mistake, or an image without"
                    + " one.")
        EmptyLabel emptyLabel,
    @Option(
            label = "none|white|black|#RRGGBB",
            standard = "none",
            help =
                "What transparent images are put on, in every stage that looks at images. none:"
                    + " alpha is left out, as Pillow's convert('RGB') does, and the colours under"
                    + " it show.")
        Background background,
    @Option(
            standard = "0",
            least = 0,
            greatest = 100_000,
            advanced = true,
            help =
                "Tasks to read and decode in; 0 chooses by size and cores. No row depends on it.")
        int partitions,
    @Option(
            label = "RATE",
            standard = "0.5",
            least = 0,
            greatest = 1,
            help = "Publish nothing when a larger share of the files is unusable.")
        double maxErrorRate,
    @Option(
            help =
                "Read only files that are new or have changed since the last catalog, by their"
                    + " sizes and times, and keep its rows of the others; images whose files are"
                    + " gone leave the catalog. Labels are read again. Without an earlier catalog"
                    + " all is read.")
        boolean update,
    @OverwriteOption boolean overwrite) {

  /** What an empty label means. */
  public enum EmptyLabel {
    /** A mistake: the catalog stops before it reads an image. */
    FAIL,
    /** An image without a label, to be scored but not trained on. */
    UNLABELLED
  }

  /** Checks what ranges do not say. */
  public CatalogConfig {
    inputs = List.copyOf(inputs);
    imageMembers = imageMembers.stream().map(CatalogConfig::suffix).toList();
    labelMember = labelMember.map(CatalogConfig::suffix);
    within = List.copyOf(within);
    if (inputs.isEmpty()) {
      throw new UserException("--input is missing; name an image folder, a manifest or a tar file");
    }
    for (String input : inputs) {
      if (input.isBlank()) {
        throw new UserException("--input '" + input + "' is empty; name a folder or a file");
      }
    }
    TextFormat.of(encoding, delimiter);
    if (update && overwrite) {
      throw new UserException(
          "--update and --overwrite contradict each other; drop --overwrite to read what has"
              + " changed, or --update to read all again");
    }
    if (imageMembers.contains("")) {
      throw new UserException("--image-member is empty; name one, such as jpg");
    }
    if (labelMember.isPresent()) {
      requireLabelMember(labelMember.get(), imageMembers, labelColumn);
    }
    if (unlabelled && labelMember.isPresent()) {
      throw new UserException(
          "--unlabelled and --label-member "
              + labelMember.get()
              + " contradict each other; drop one");
    }
    if (unlabelled && labelColumn.isPresent()) {
      throw new UserException(
          "--unlabelled and --label-column "
              + labelColumn.get()
              + " contradict each other; drop one");
    }
  }

  private static void requireLabelMember(
      String member, List<String> imageMembers, Optional<String> labelColumn) {
    if (member.isEmpty()) {
      throw new UserException("--label-member is empty; name one, such as cls");
    }
    if (imageMembers.contains(member)) {
      throw new UserException("--label-member " + member + " is the --image-member; name another");
    }
    if (labelColumn.isPresent() && !member.endsWith("json")) {
      throw new UserException(
          "--label-column "
              + labelColumn.get()
              + " is a field of JSON, which --label-member "
              + member
              + " is not; drop one");
    }
  }

  /** People write the dot in front, or not. */
  private static String suffix(String member) {
    String suffix = member.strip().toLowerCase(Locale.ROOT);
    return suffix.startsWith(".") ? suffix.substring(1) : suffix;
  }

  /** How manifests of text are written. */
  TextFormat text() {
    return TextFormat.of(encoding, delimiter);
  }
}

package org.sparkvit.pipeline.catalog;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.sparkvit.core.Background;
import org.sparkvit.core.Urls;
import org.sparkvit.core.UserException;
import org.sparkvit.loading.CatalogBackground;

/**
 * What {@link CatalogStage} is to do.
 *
 * @param workspace URI of the workspace
 * @param inputs URIs of image folders, manifests and tar shards; at least one
 * @param format what the inputs are
 * @param layout what the folders of an image folder or within shards are
 * @param pathColumn the manifest's column of image paths; null for the first of {@code path},
 *     {@code file_name}, {@code image} that it has
 * @param labelColumn the manifest's column, or the field of a shard's JSON members, that holds the
 *     label; null for the first of {@code label}, {@code class}
 * @param splitColumn the manifest's column that names a split; null for {@code split}, if it has it
 * @param imageRoot folder that a manifest's relative paths start from; null for its own folder
 * @param imageMembers in shards, what follows the first dot of the names of images, such as {@code
 *     jpg} or {@code input.jpg}: a sample's image is the first of them that it has; empty for the
 *     only one, {@code all} to take each for an image of its own
 * @param labelMember in shards, what follows the first dot of the names of labels, such as {@code
 *     cls} or {@code outputs.txt}; null for {@code cls}, {@code json} or {@code txt}
 * @param within folders that a manifest's paths may lead to; empty for the folder that its relative
 *     paths start from
 * @param encoding how a manifest of text is encoded, unless it has a byte order mark; null for
 *     UTF-8
 * @param delimiter what separates the cells of a CSV; null to go by its header
 * @param unlabelled gives no image a label: folders are not classes, a manifest needs no label
 * @param emptyLabel what an empty label in a manifest or shard means
 * @param background what transparent images are put on, in every stage that looks at images
 * @param partitions how many tasks decode; 0 to choose by size
 * @param maxErrorRate the highest share of unusable files that is still taken for a data set, 0 to
 *     1
 * @param overwrite whether to replace an existing table
 */
public record CatalogConfig(
    String workspace,
    List<String> inputs,
    InputFormat format,
    LayoutOption layout,
    String pathColumn,
    String labelColumn,
    String splitColumn,
    String imageRoot,
    List<String> imageMembers,
    String labelMember,
    List<String> within,
    String encoding,
    String delimiter,
    boolean unlabelled,
    EmptyLabel emptyLabel,
    Background background,
    int partitions,
    double maxErrorRate,
    boolean overwrite) {

  /** What an empty label means. */
  public enum EmptyLabel {
    /** A mistake: the catalog stops before it reads an image. */
    FAIL,
    /** An image without a label, to be scored but not trained on. */
    UNLABELLED
  }

  public CatalogConfig {
    Objects.requireNonNull(workspace, "workspace");
    Objects.requireNonNull(format, "format");
    Objects.requireNonNull(layout, "layout");
    Objects.requireNonNull(emptyLabel, "emptyLabel");
    Objects.requireNonNull(background, "background");
    inputs = List.copyOf(inputs);
    imageMembers = imageMembers.stream().map(CatalogConfig::suffix).toList();
    labelMember = labelMember == null ? null : suffix(labelMember);
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
    if (partitions < 0) {
      throw new UserException("--partitions " + partitions + " is negative; 0 chooses by size");
    }
    if (!(maxErrorRate >= 0 && maxErrorRate <= 1)) {
      throw new UserException("--max-error-rate " + maxErrorRate + " is not between 0 and 1");
    }
    if (imageMembers.contains("")) {
      throw new UserException("--image-member is empty; name one, such as jpg");
    }
    if (labelMember != null && labelMember.isEmpty()) {
      throw new UserException("--label-member is empty; name one, such as cls");
    }
    if (labelMember != null && imageMembers.contains(labelMember)) {
      throw new UserException(
          "--label-member " + labelMember + " is the --image-member; name another");
    }
    if (labelMember != null && labelColumn != null && !labelMember.endsWith("json")) {
      throw new UserException(
          "--label-column "
              + labelColumn
              + " is a field of JSON, which --label-member "
              + labelMember
              + " is not; drop one");
    }
    if (unlabelled && labelMember != null) {
      throw new UserException(
          "--unlabelled and --label-member " + labelMember + " contradict each other; drop one");
    }
    if (unlabelled && labelColumn != null) {
      throw new UserException(
          "--unlabelled and --label-column " + labelColumn + " contradict each other; drop one");
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

  /** The configuration as option names and values, for the run record. */
  public Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("input", inputs.stream().map(Urls::withoutSecrets).toList());
    map.put("format", format.name());
    map.put("layout", layout.name());
    map.put("path-column", pathColumn);
    map.put("label-column", labelColumn);
    map.put("split-column", splitColumn);
    map.put("image-root", imageRoot);
    map.put("image-member", imageMembers.isEmpty() ? null : String.join(",", imageMembers));
    map.put("label-member", labelMember);
    map.put("within", within);
    map.put("encoding", encoding);
    map.put("delimiter", delimiter);
    map.put("unlabelled", unlabelled);
    map.put("empty-label", emptyLabel.name());
    map.put(CatalogBackground.OPTION, background.toString());
    map.put("partitions", partitions);
    map.put("max-error-rate", maxErrorRate);
    map.put("overwrite", overwrite);
    return map;
  }
}

package org.sparkvit.pipeline.catalog;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Row;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.workspace.Json;
import org.sparkvit.loading.ImageFiles;
import org.sparkvit.loading.ImageName;

/**
 * The meaning of the members of a sample, the same for all samples of all shards of a run.
 *
 * <p>The image is the member that {@code --image-member} names, otherwise the only one with an
 * image's suffix. The label is the text of the member that {@code --label-member} names; otherwise
 * that of {@code .cls}, then the label field of {@code .json}, then the text of {@code .txt} where
 * that is no caption. Where no sample of the run has any of these, the folders within the tar file
 * have the meaning of an image folder's; see {@link FolderLayout}. A top folder with the tar file's
 * own name is not a class where folders follow. The split is that of the shard ({@link
 * WebDatasetSample.Shard#split}), otherwise that of a folder within. Texts that are not the label,
 * and the other fields of {@code .json}, are columns of text. All other members are skipped.
 *
 * @param images suffixes, of which a sample's image has the first that occurs; {@link #ANY} for the
 *     one that is an image's; {@link #EACH} where each member with an image's suffix is an image of
 *     its own
 * @param json the suffix whose fields become columns, or null where there is none
 * @param label the suffix of the label, or null to look for it
 * @param labelField the field of the label, or null for {@code label}, {@code class} or {@code cls}
 * @param classes the suffixes of plain text that are labels
 * @param texts the suffixes of members that become columns where they are not the label
 * @param wholeNumbers whether labels like {@code 3.0} in JSON are classes like {@code 3}
 * @param folders whether folders may be classes, as no sample has a label of its own
 * @param unlabelled whether no image gets a label
 * @param requireLabel whether an empty label is a mistake
 */
record SampleRule(
    List<String> images,
    String json,
    String label,
    String labelField,
    Set<String> classes,
    Set<String> texts,
    boolean wholeNumbers,
    boolean folders,
    boolean unlabelled,
    boolean requireLabel)
    implements Serializable {
  static final List<String> ANY = List.of();

  /**
   * The value of {@code --image-member} for images that share the other members of their sample.
   */
  static final List<String> EACH = List.of("all");

  private static final int MAX_SHOWN = 100;

  /** The number beyond which a double no longer tells whole numbers apart. */
  private static final double MAX_WHOLE = 0x1p53;

  /** Returns the members of a sample that may be its image. */
  static List<WebDatasetSample.Member> images(WebDatasetSample sample, List<String> named) {
    if (named.equals(ANY) || named.equals(EACH)) {
      return sample.members().stream()
          .filter(member -> !member.isText() && WebDatasetSample.isImage(member.suffix()))
          .toList();
    }
    for (String suffix : named) {
      WebDatasetSample.Member member = sample.member(suffix);
      if (member != null) {
        return List.of(member);
      }
    }
    return List.of();
  }

  /** Converts a sample to rows of the listing. */
  Iterator<Row> rows(WebDatasetSample sample) {
    if (sample.problem() != null) {
      return List.of(Listing.problem(sample.shard().path(), sample.problem())).iterator();
    }
    if (sample.skipped() != null) {
      return List.of(skipped(sample, sample.key(), sample.skipped(), sample.detail())).iterator();
    }
    try {
      return ofSample(sample).iterator();
    } catch (UserException e) {
      return List.of(
              Listing.problem(
                  sample.shard().path(), "shard '" + sample.shard().path() + "' " + e.getMessage()))
          .iterator();
    }
  }

  private List<Row> ofSample(WebDatasetSample sample) {
    List<WebDatasetSample.Member> images = images(sample, this.images);
    List<Row> rows = new ArrayList<>();
    if (!images.isEmpty()) {
      Map<String, String> fields = new LinkedHashMap<>();
      String text = label(sample, fields);
      for (WebDatasetSample.Member image : images) {
        rows.add(Listing.withFields(file(sample, image, text), fields));
      }
    }
    for (WebDatasetSample.Member member : sample.members()) {
      if (images.contains(member)) {
        continue;
      }
      if (!images.isEmpty() && !member.isText()) {
        rows.add(skipped(sample, member.name(), SkipReason.OTHER_MEMBER, null));
      } else if (images.isEmpty()) {
        SkipReason reason =
            member.isText()
                ? SkipReason.WITHOUT_IMAGE
                : WebDatasetSample.isImage(member.suffix())
                    ? SkipReason.OTHER_MEMBER
                    : SkipReason.NOT_AN_IMAGE;
        rows.add(skipped(sample, member.name(), reason, null));
      }
    }
    return rows;
  }

  private static Row skipped(
      WebDatasetSample sample, String member, SkipReason reason, String detail) {
    return Listing.skipped(name(sample, member), path(sample, member), reason, detail);
  }

  private static String name(WebDatasetSample sample, String member) {
    return ImageFiles.memberPath(
        ImageName.of(new Path(sample.shard().root()), new Path(sample.shard().path())), member);
  }

  private static String path(WebDatasetSample sample, String member) {
    return ImageFiles.memberPath(sample.shard().path(), member);
  }

  private Row file(WebDatasetSample sample, WebDatasetSample.Member image, String text) {
    Path shard = new Path(sample.shard().path());
    String inside = withoutOwnName(shard.getName(), image.name());
    String split = sample.shard().split();
    if (split == null && !folders) {
      split = FolderLayout.place(inside).split();
    }
    Row row =
        Listing.file(
            name(sample, image.name()),
            path(sample, image.name()),
            text,
            split,
            image.offset(),
            image.bytes(),
            sample.modified());
    return folders ? Listing.within(row, inside) : row;
  }

  /**
   * Removes a top folder with the shard's own name. Archivers add a folder as itself: {@code
   * pets.tar} has {@code pets/cat/1.jpg}.
   */
  private static String withoutOwnName(String shard, String member) {
    String top = shard.replaceFirst("\\.tar$", "") + "/";
    return member.startsWith(top) && member.indexOf('/', top.length()) > 0
        ? member.substring(top.length())
        : member;
  }

  /** Returns the sample's label, or null. Puts all other texts into {@code fields}. */
  private String label(WebDatasetSample sample, Map<String, String> fields) {
    JsonNode object = json == null ? null : parsed(sample.member(json));
    String own = null; // the suffix of the label
    if (!unlabelled) {
      own = label != null ? label : labelSuffix(sample, object);
    }
    String text = own == null || sample.member(own) == null ? null : text(sample, own, object);
    String field = own != null && own.equals(json) && object != null ? field(object) : null;
    if (object != null && object.isObject()) {
      object
          .fields()
          .forEachRemaining(
              entry -> {
                if (!entry.getKey().equals(field)) {
                  // A column of a text is that of all samples, so the field gives way.
                  String column = entry.getKey();
                  fields.put(texts.contains(column) ? "meta_" + column : column, text(entry));
                }
              });
    }
    for (WebDatasetSample.Member member : sample.members()) {
      boolean expanded = member.suffix().equals(json) && object != null && object.isObject();
      if (texts.contains(column(member.suffix())) && !member.suffix().equals(own) && !expanded) {
        fields.put(column(member.suffix()), content(member));
      }
    }
    if (text == null) {
      return null;
    }
    if (text.isBlank() && requireLabel) {
      throw new UserException(
          "has an empty label for '"
              + sample.key()
              + "'; fill it in, or pass --empty-label unlabelled to score it only");
    }
    return text.isBlank() ? null : text.strip();
  }

  /** Returns the suffix that has the sample's label where none is named, or null. */
  private String labelSuffix(WebDatasetSample sample, JsonNode object) {
    List<String> named = suffixes(sample, WebDatasetSample::isClass);
    List<String> found = named.isEmpty() ? suffixes(sample, classes::contains) : named;
    if (named.isEmpty() && object != null && field(object) != null) {
      return json;
    }
    if (found.size() > 1) {
      throw new UserException(
          "has a sample '"
              + sample.key()
              + "' with more than one label, in its members "
              + String.join(", ", found)
              + "; name the one that counts with --label-member "
              + found.get(0));
    }
    return found.isEmpty() ? null : found.get(0);
  }

  private static List<String> suffixes(WebDatasetSample sample, Predicate<String> which) {
    return sample.members().stream()
        .filter(WebDatasetSample.Member::isText)
        .map(WebDatasetSample.Member::suffix)
        .filter(which)
        .sorted()
        .toList();
  }

  /** Returns the text of the label, from the member with the suffix {@code own}. */
  private String text(WebDatasetSample sample, String own, JsonNode object) {
    WebDatasetSample.Member member = sample.member(own);
    if (!own.equals(json)) {
      String text = content(member).strip();
      if (text.chars().anyMatch(Character::isISOControl)) {
        throw new UserException(
            "has '"
                + member.name()
                + "', which is no label but "
                + (text.lines().count() > 1 ? "several lines" : "bytes")
                + ", '"
                + shown(text)
                + "'; name the member that is with --label-member");
      }
      return text;
    }
    String field = field(object);
    JsonNode value = object.isObject() ? field == null ? null : object.get(field) : object;
    if (value == null) {
      throw new UserException(
          "has no field "
              + (labelField == null ? "label, class or cls" : "'" + labelField + "'")
              + " in '"
              + member.name()
              + "'; see --label-column");
    }
    if (value.isContainerNode()) {
      throw new UserException(
          "has "
              + (value.isArray() ? "a list" : "an object")
              + " for a label in '"
              + member.name()
              + "', "
              + shown(value.toString())
              + ", but an image has one; choose another field with --label-column");
    }
    if (wholeNumbers && isWhole(value)) {
      return value.decimalValue().toBigInteger().toString();
    }
    if (value.isFloatingPointNumber()) {
      return object.isObject()
          ? String.valueOf(JsonSpelling.of(content(member), field))
          : content(member).strip();
    }
    return value.isNull() ? "" : value.asText();
  }

  /** Returns whether a number is written with a point and only zeros behind it. */
  private static boolean isWhole(JsonNode value) {
    return value.isFloatingPointNumber()
        && Math.abs(value.doubleValue()) < MAX_WHOLE
        && value.doubleValue() == Math.rint(value.doubleValue());
  }

  /** Returns whether a member of a sample gives a label, judged by this member alone. */
  static boolean isLabel(WebDatasetSample.Member member, String labelField) {
    return member.isText()
        && (WebDatasetSample.isClass(member.suffix())
            || (WebDatasetSample.isJson(member.suffix()) && hasField(member, labelField)));
  }

  private static boolean hasField(WebDatasetSample.Member member, String labelField) {
    try {
      return field(parsed(member), labelField) != null;
    } catch (UserException e) {
      return false; // told when the rows are made
    }
  }

  /**
   * Returns whether a sample's label in JSON is a number that is not whole, so that no number may
   * be taken for a whole one.
   */
  static boolean isFraction(WebDatasetSample sample, String json, String labelField) {
    try {
      JsonNode object = parsed(sample.member(json));
      String field = object == null ? null : field(object, labelField);
      JsonNode value = field == null ? null : object.get(field);
      return value != null && value.isFloatingPointNumber() && !isWhole(value);
    } catch (UserException e) {
      return false; // told when the rows are made
    }
  }

  private static JsonNode parsed(WebDatasetSample.Member member) {
    if (member == null) {
      return null;
    }
    if (content(member).isBlank()) {
      throw new UserException("has '" + member.name() + "', which is empty, not JSON");
    }
    return Json.read("member '" + member.name() + "'", content(member));
  }

  /**
   * Returns the text of a member. A text that cannot be read is a mistake only where it is needed.
   */
  private static String content(WebDatasetSample.Member member) {
    if (member.flaw() != null) {
      throw new UserException("has '" + member.name() + "', which " + member.flaw());
    }
    return member.text();
  }

  private String field(JsonNode object) {
    return field(object, labelField);
  }

  private static String field(JsonNode object, String labelField) {
    List<String> names =
        labelField == null ? List.of("label", "class", "cls") : List.of(labelField);
    return names.stream().filter(object::has).findFirst().orElse(null);
  }

  private static String text(Map.Entry<String, JsonNode> entry) {
    JsonNode value = entry.getValue();
    return value.isNull() ? null : value.isValueNode() ? value.asText() : value.toString();
  }

  /**
   * Returns the name of the column for a member's text. It has no dot, which would have to be
   * quoted in SQL.
   */
  static String column(String suffix) {
    return suffix.replace('.', '_');
  }

  static String shown(String text) {
    String line = text.replaceAll("\\p{Cntrl}", "?");
    return line.length() <= MAX_SHOWN ? line : line.substring(0, MAX_SHOWN) + "...";
  }
}

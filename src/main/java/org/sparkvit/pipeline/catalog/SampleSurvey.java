package org.sparkvit.pipeline.catalog;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.sparkvit.core.UserException;
import scala.Tuple2;

/**
 * Looks at all samples of a run and decides once what their members mean; see {@link SampleRule}.
 * Only counts come to the driver, nothing about single samples.
 */
final class SampleSurvey {
  /** The largest number of kinds of members. More than a few dozen are names with dots in them. */
  private static final int MAX_SUFFIXES = 1_000;

  private static final int SHOWN = 8;

  /**
   * The length of the longest text that is still taken for a class where nothing says that it is
   * one.
   */
  private static final int MAX_CLASS_LETTERS = 64;

  private static final int IMAGES_FOR_EACH_CLASS = 3;

  // What is counted; in front of a suffix, or alone.
  private static final String PROBLEM = "!";
  private static final String IMAGE = "#";
  private static final String SEVERAL = "&";
  private static final String TEXT = "t ";
  private static final String LABEL = "l ";
  private static final String NO_CLASS = "n ";
  private static final String FRACTION = "/ ";

  private final JavaRDD<WebDatasetSample> samples;
  private final CatalogConfig config;
  private final InputDecisions decisions;
  private final List<String> named;

  SampleSurvey(JavaRDD<WebDatasetSample> samples, CatalogConfig config, InputDecisions decisions) {
    this.samples = samples;
    this.config = config;
    this.decisions = decisions;
    this.named = config.imageMembers();
  }

  /**
   * Decides the rule. This starts two to four jobs over the samples.
   *
   * @throws UserException when there are no images, or it is not clear which members are images
   */
  SampleRule rule() {
    Map<String, Long> counts = counts();
    Set<String> texts = new TreeSet<>();
    counts.keySet().stream()
        .filter(key -> key.startsWith(TEXT))
        .forEach(key -> texts.add(key.substring(TEXT.length())));
    long images = counts.getOrDefault(IMAGE, 0L);
    if (counts.containsKey(PROBLEM)) {
      return rule(SampleRule.ANY, texts, Set.of(), counts); // the listing tells it
    }
    if (images == 0) {
      requireNothing();
    }
    List<String> image = image(counts.getOrDefault(SEVERAL, 0L) > 0, !texts.isEmpty());
    requireLabelMember(texts, images);
    return rule(image, texts, classes(texts, counts, images), counts);
  }

  private SampleRule rule(
      List<String> image, Set<String> texts, Set<String> classes, Map<String, Long> counts) {
    String json = json(texts);
    String label = config.labelMember().orElse(null);
    if (label == null && config.labelColumn().isPresent()) {
      if (json == null && !counts.containsKey(PROBLEM)) {
        throw new UserException(
            "--label-column "
                + config.labelColumn().get()
                + " is a field of .json members, and no image of the tar shards has one; "
                + (texts.isEmpty() ? "drop it" : "name the label with --label-member"));
      }
      label = json;
    }
    List<String> labels =
        texts.stream()
            .filter(suffix -> WebDatasetSample.isClass(suffix) || suffix.equals(json))
            .filter(suffix -> counts.containsKey(LABEL + suffix))
            .toList();
    if (!labels.isEmpty() && label == null && !config.unlabelled()) {
      decisions.say(
          "tar shards: labels are in "
              + labels.stream()
                  .map(suffix -> shown(suffix, counts.get(LABEL + suffix)))
                  .collect(Collectors.joining(", "))
              + "; folders within are no classes");
    }
    return new SampleRule(
        image,
        json,
        label,
        config.labelColumn().orElse(null),
        Set.copyOf(classes),
        texts.stream().map(SampleRule::column).collect(Collectors.toUnmodifiableSet()),
        !counts.containsKey(FRACTION + json),
        label == null && classes.isEmpty() && labels.isEmpty(),
        config.unlabelled(),
        config.emptyLabel() == CatalogConfig.EmptyLabel.FAIL);
  }

  /**
   * Returns the suffix of the JSON whose fields become columns: that of the label, otherwise the
   * usual one, otherwise the only one.
   */
  private String json(Set<String> texts) {
    Optional<String> given = config.labelMember().filter(WebDatasetSample::isJson);
    if (given.isPresent()) {
      return given.get();
    }
    List<String> all = texts.stream().filter(WebDatasetSample::isJson).toList();
    return all.contains("json") || all.size() > 1 ? "json" : all.isEmpty() ? null : all.get(0);
  }

  private Map<String, Long> counts() {
    List<String> named = this.named;
    String field = config.labelColumn().orElse(null);
    List<Tuple2<String, Long>> counted =
        samples
            .flatMapToPair(sample -> counted(sample, named, field).iterator())
            .reduceByKey(Long::sum)
            .take(MAX_SUFFIXES + 1);
    if (counted.size() > MAX_SUFFIXES) {
      throw new UserException(
          "the tar shards have samples with more than "
              + MAX_SUFFIXES
              + " kinds of members, e.g. '."
              + counted.stream().map(Tuple2::_1).min(Comparator.naturalOrder()).orElse("")
              + "': a sample's key ends at the first dot of a name, so there may be no other dots"
              + " in front of the extension; rename the files");
    }
    Map<String, Long> counts = new HashMap<>();
    counted.forEach(count -> counts.put(count._1, count._2));
    return counts;
  }

  private static List<Tuple2<String, Long>> counted(
      WebDatasetSample sample, List<String> named, String labelField) {
    List<Tuple2<String, Long>> counted = new ArrayList<>();
    if (sample.problem() != null) {
      counted.add(new Tuple2<>(PROBLEM, 1L));
    }
    int images = SampleRule.images(sample, named).size();
    if (images == 0) {
      return counted;
    }
    counted.add(new Tuple2<>(IMAGE, (long) images));
    if (images > 1) {
      counted.add(new Tuple2<>(SEVERAL, 1L));
    }
    for (WebDatasetSample.Member member : sample.members()) {
      if (!member.isText()) {
        continue;
      }
      counted.add(new Tuple2<>(TEXT + member.suffix(), 1L));
      if (SampleRule.isLabel(member, labelField)) {
        counted.add(new Tuple2<>(LABEL + member.suffix(), 1L));
      }
      if (WebDatasetSample.isPlainText(member.suffix()) && !mayBeClass(member)) {
        counted.add(new Tuple2<>(NO_CLASS + member.suffix(), 1L));
      }
      if (WebDatasetSample.isJson(member.suffix())
          && SampleRule.isFraction(sample, member.suffix(), labelField)) {
        counted.add(new Tuple2<>(FRACTION + member.suffix(), 1L));
      }
    }
    return counted;
  }

  private static boolean mayBeClass(WebDatasetSample.Member member) {
    String text = member.text() == null ? "\n" : member.text().strip();
    return text.codePointCount(0, text.length()) <= MAX_CLASS_LETTERS
        && text.chars().noneMatch(Character::isISOControl);
  }

  /**
   * Throws an exception where there are members but no images. Where there is nothing at all, the
   * catalog says so itself.
   */
  private void requireNothing() {
    String met =
        shown(
            samples
                .flatMap(sample -> sample.members().iterator())
                .mapToPair(member -> new Tuple2<>(member.suffix(), 1L)));
    if (!met.isEmpty()) {
      throw new UserException(
          named.isEmpty()
              ? "the tar shards have no images in them, but members "
                  + met
                  + "; tar files in a tar file have to be unpacked, and an image of another name is"
                  + " named with --image-member"
              : "--image-member "
                  + String.join(",", named)
                  + " is in no sample of the tar shards; they have members "
                  + met);
    }
  }

  /** Returns the most frequent suffixes with their counts, for messages. */
  private static String shown(JavaPairRDD<String, Long> suffixes) {
    return suffixes.reduceByKey(Long::sum).takeOrdered(SHOWN, new MostFirst()).stream()
        .map(count -> shown(count._1, count._2))
        .collect(Collectors.joining(", "));
  }

  private static String shown(String suffix, long number) {
    return String.format(Locale.ROOT, ".%s (%,d)", suffix, number);
  }

  private static final class MostFirst
      implements Comparator<Tuple2<String, Long>>, java.io.Serializable {
    @Override
    public int compare(Tuple2<String, Long> left, Tuple2<String, Long> right) {
      int most = Long.compare(right._2, left._2);
      return most != 0 ? most : left._1.compareTo(right._1);
    }
  }

  private List<String> image(boolean several, boolean texts) {
    if (!named.isEmpty()) {
      decisions.say(
          named.equals(SampleRule.EACH)
              ? "tar shards: each image of a sample is a row of its own (--image-member all)"
              : "tar shards: the image is the member "
                  + String.join(", else ", named)
                  + " (--image-member)");
      return named;
    }
    if (!several) {
      return SampleRule.ANY;
    }
    JavaPairRDD<String, String> sets =
        samples
            .mapToPair(
                sample ->
                    new Tuple2<>(
                        SampleRule.images(sample, SampleRule.ANY).stream()
                            .map(WebDatasetSample.Member::suffix)
                            .sorted()
                            .collect(Collectors.joining(", ")),
                        sample.shard().path() + "#" + sample.key()))
            .filter(set -> set._1.contains(", "));
    // Files of one name but for their extensions are no samples where that is the exception: then
    // the tar file is a folder of images.
    boolean samplesOfSeveral =
        texts
            || !sets.mapToPair(set -> new Tuple2<>(set._1, 1L))
                .reduceByKey(Long::sum)
                .filter(set -> set._2 > 1)
                .isEmpty();
    Tuple2<String, String> example = sets.map(Tuple2::swap).min(new ByFirst());
    String met = "'" + example._1 + "' has " + SampleRule.shown(example._2);
    if (samplesOfSeveral) {
      throw new UserException(
          "samples of the tar shards have several images: "
              + met
              + "; name the one to take, such as --image-member "
              + example._2.split(", ", 2)[0]
              + ", or take each for an image of its own with --image-member all");
    }
    decisions.say(
        "tar shards: every image is one of its own, though "
            + met
            + "; --image-member decides otherwise");
    return SampleRule.EACH;
  }

  private static final class ByFirst
      implements Comparator<Tuple2<String, String>>, java.io.Serializable {
    @Override
    public int compare(Tuple2<String, String> left, Tuple2<String, String> right) {
      return left._1.compareTo(right._1);
    }
  }

  private void requireLabelMember(Set<String> texts, long images) {
    String label = config.labelMember().orElse(null);
    if (label != null && images > 0 && !texts.contains(label)) {
      throw new UserException(
          "--label-member "
              + label
              + " is beside no image of the tar shards; beside them are "
              + (texts.isEmpty() ? "no labels at all" : String.join(", ", texts)));
    }
  }

  /** Returns the suffixes of plain text that are labels, and notes the decision. */
  private Set<String> classes(Set<String> texts, Map<String, Long> counts, long images) {
    Set<String> classes = new HashSet<>();
    if (config.labelMember().isPresent()) {
      decisions.say(
          "tar shards: labels are the members " + config.labelMember().get() + " (--label-member)");
      return classes;
    }
    List<String> plain = texts.stream().filter(WebDatasetSample::isPlainText).toList();
    if (plain.isEmpty() || config.unlabelled() || config.labelColumn().isPresent()) {
      return classes;
    }
    Map<String, Long> distinct = distinct(plain);
    long most = Math.max(2, images / IMAGES_FOR_EACH_CLASS);
    for (String suffix : plain) {
      boolean label =
          !counts.containsKey(NO_CLASS + suffix) && distinct.getOrDefault(suffix, 0L) <= most;
      if (label) {
        classes.add(suffix);
      }
      decisions.say(
          String.format(
              Locale.ROOT,
              "tar shards: .%s is %s: %,d different texts for %,d images%s; %s",
              suffix,
              label ? "the label" : "a caption, kept as column '" + SampleRule.column(suffix) + "'",
              distinct.getOrDefault(suffix, 0L),
              images,
              counts.containsKey(NO_CLASS + suffix)
                  ? String.format(
                      Locale.ROOT,
                      ", %,d of them of several lines or more than %d letters",
                      counts.get(NO_CLASS + suffix),
                      MAX_CLASS_LETTERS)
                  : "",
              "--label-member decides otherwise"));
    }
    return classes;
  }

  private Map<String, Long> distinct(List<String> suffixes) {
    List<String> named = this.named;
    Set<String> wanted = new HashSet<>(suffixes);
    return new TreeMap<>(
        samples
            .filter(sample -> !SampleRule.images(sample, named).isEmpty())
            .flatMap(sample -> sample.members().iterator())
            .filter(member -> member.text() != null && wanted.contains(member.suffix()))
            .map(member -> new Tuple2<>(member.suffix(), member.text().strip()))
            .distinct()
            .mapToPair(text -> new Tuple2<>(text._1, 1L))
            .reduceByKey(Long::sum)
            .collectAsMap());
  }
}

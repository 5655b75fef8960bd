package org.sparkvit.model.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The {@code README.md} of a model directory, in the form of Hugging Face's model cards (Mitchell
 * et al. 2019).
 *
 * @param name the name of the model
 * @param architecture the configuration of the model, with its classes
 * @param base the model that it was trained from, or empty for random weights
 * @param counts the numbers of images by class, as in the training record
 * @param judged a sentence that says on which images the figures were measured and how to judge
 *     them
 * @param figures the figures of the model by name; NaN where undefined
 * @param options the options of the training by name
 * @param fields the facts that no measurement gives
 * @param startCard the text of the card of the starting model, or empty
 */
public record ModelCard(
    String name,
    ViTConfig architecture,
    Optional<String> base,
    Map<String, Object> counts,
    String judged,
    Map<String, Double> figures,
    Map<String, Object> options,
    CardFields fields,
    Optional<String> startCard) {
  /** The name of the file. */
  public static final String FILE = "README.md";

  private static final Pattern LICENSE = Pattern.compile("(?m)^license:\\s*(\\S.*?)\\s*$");
  private static final Pattern HEADING = Pattern.compile("^(#+)\\s+(.*)$");
  private static final Pattern ABOUT_BIAS =
      Pattern.compile("bias|limitation|risk|ethic", Pattern.CASE_INSENSITIVE);

  /** Returns the card of a model directory, or empty where there is none. */
  public static Optional<String> read(Path directory) {
    try {
      return Optional.of(Files.readString(directory.resolve(FILE)));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Returns the text of the whole file. */
  public String text() {
    StringBuilder text = new StringBuilder();
    text.append("---\n");
    license().ifPresent(name -> text.append("license: ").append(yaml(name)).append('\n'));
    text.append("library_name: transformers\npipeline_tag: image-classification\n");
    base.ifPresent(model -> text.append("base_model: ").append(yaml(model)).append('\n'));
    text.append("tags:\n- image-classification\n- ").append(architecture.family().modelType());
    text.append("\n- spark-vit\n---\n\n");
    text.append("# ").append(name).append("\n\n");
    text.append(
        String.format(
            Locale.ROOT,
            "A Vision Transformer of %,d parameters for images of %d x %d pixels, trained by"
                + " spark-vit to tell %d classes apart. It starts from %s.%n%n",
            architecture.parameterCount(),
            architecture.imageSize(),
            architecture.imageSize(),
            architecture.labels().size(),
            base.map(model -> "`" + model + "`").orElse("random weights")));
    text.append(
        "## Data\n\nImages by class, as the splits and the plan of the workspace had them:\n\n");
    text.append("| Class | Images |\n|---|---|\n");
    counts.forEach(
        (label, count) ->
            text.append("| ").append(cell(label)).append(" | ").append(count).append(" |\n"));
    text.append("\n## Metrics\n\n");
    text.append(judged).append("\n\n| Metric | Value |\n|---|---|\n");
    figures.forEach((metric, value) -> row(text, metric, value));
    text.append("\n## Training\n\n| Option | Value |\n|---|---|\n");
    options.forEach(
        (option, value) ->
            text.append("| --")
                .append(option)
                .append(" | ")
                .append(cell(String.valueOf(value)))
                .append(" |\n"));
    text.append("\n## Biases and limits\n\n").append(biases()).append('\n');
    text.append("\n## Licence\n\n");
    text.append(
        license()
            .orElse(
                "Not stated. Say it with `--license`, after looking at that of the starting model"
                    + " and of the images."));
    return text.append('\n').toString();
  }

  private static void row(StringBuilder text, String name, double value) {
    String figure = Double.isNaN(value) ? "undefined" : String.format(Locale.ROOT, "%.4f", value);
    text.append("| ").append(cell(name)).append(" | ").append(figure).append(" |\n");
  }

  private Optional<String> license() {
    return fields
        .license()
        .or(
            () ->
                startCard
                    .filter(card -> card.startsWith("---"))
                    .map(LICENSE::matcher)
                    .filter(Matcher::find)
                    .map(found -> found.group(1)));
  }

  private String biases() {
    if (fields.knownBiases().isPresent()) {
      return fields.knownBiases().get();
    }
    if (base.isEmpty()) {
      return "It has learned from the images above alone, and what they lack it does not know.";
    }
    List<String> sections = startCard.map(ModelCard::aboutBias).orElse(List.of());
    return sections.isEmpty()
        ? "The card of the starting model says nothing of its biases, or there is none. What it has"
            + " learned before is in this model too."
        : "The card of the starting model says:\n\n"
            + sections.stream().map(ModelCard::quoted).collect(Collectors.joining("\n>\n"));
  }

  /**
   * Returns the sections of a card whose headings mention biases, limits, risks or ethics, with
   * their subsections.
   */
  static List<String> aboutBias(String card) {
    List<String> sections = new ArrayList<>();
    StringBuilder section = null;
    int level = 0;
    for (String line : card.lines().toList()) {
      Matcher heading = HEADING.matcher(line);
      if (heading.matches() && (section == null || heading.group(1).length() <= level)) {
        if (section != null) {
          sections.add(section.toString().strip());
        }
        section = ABOUT_BIAS.matcher(heading.group(2)).find() ? new StringBuilder() : null;
        level = heading.group(1).length();
      } else if (section != null) {
        section.append(line).append('\n');
      }
    }
    if (section != null) {
      sections.add(section.toString().strip());
    }
    sections.removeIf(String::isEmpty);
    return sections;
  }

  private static String quoted(String section) {
    return section.lines().map(line -> "> " + line).collect(Collectors.joining("\n"));
  }

  private static String cell(String text) {
    return text.replace("|", "\\|").replace("\n", " ");
  }

  /** Returns a plain word as it is, and anything else in quotes. */
  private static String yaml(String text) {
    return text.matches("[A-Za-z][A-Za-z0-9._/-]*")
        ? text
        : "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }
}

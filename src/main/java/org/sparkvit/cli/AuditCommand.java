package org.sparkvit.cli;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.spark.sql.SparkSession;
import org.sparkvit.core.Progress;
import org.sparkvit.pipeline.audit.AuditConfig;
import org.sparkvit.pipeline.audit.AuditStage;
import org.sparkvit.pipeline.audit.SemanticConfig;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options of the stage {@code audit}. */
@Command(
    name = "audit",
    description = {
      "Looks at the pixels of each image once, and finds dark, light, blurry, empty, gray, oddly"
          + " shaped and unreadable ones,",
      "those that repeat others, with the same label or another, and those of validation and test"
          + " that training has seen.",
      "",
      "A later run measures only what is new or has changed."
    })
final class AuditCommand extends SparkCommand {
  @Option(
      names = "--near-distance",
      paramLabel = "BITS",
      defaultValue = "31",
      description =
          "Images are near duplicates when at most so many of the 256 bits of their PDQ hashes"
              + " differ, 0 to 31, and from 17 on their colours lie alike. Default:"
              + " ${DEFAULT-VALUE}.")
  private int nearDistance;

  @Option(
      names = "--hash-quality",
      paramLabel = "Q",
      defaultValue = "50",
      description =
          "Hashes of lower quality, of images with little to see, are not compared: 0 to 100."
              + " Default: ${DEFAULT-VALUE}.")
  private int hashQuality;

  @Option(
      names = "--crops",
      fallbackValue = "true",
      description =
          "Also find images that are others with 3 to 6 percent cut off, and smaller copies of"
              + " small ones. Decodes each new image once more, and compares 75 hashes of its"
              + " parts: for data sets of up to some hundred thousand images.")
  private boolean crops;

  @Option(
      names = "--semantic-from",
      paramLabel = "NAME|URI",
      description =
          "Also find images that mean the same to a model, of the workspace or a Hugging Face model"
              + " directory. Take one of many subjects: to one that was trained on your classes all"
              + " images of a class are much alike.")
  private String semanticFrom;

  @Option(
      names = "--semantic-cosine",
      paramLabel = "C",
      defaultValue = "0.96",
      description =
          "Least cosine of their embeddings, as seen from the mean of all, 0.8 or more. Default:"
              + " ${DEFAULT-VALUE}.")
  private double semanticCosine;

  @Mixin private EmbeddingOptions embedding;

  @Option(
      names = "--slices",
      split = ",",
      paramLabel = "COLUMN",
      description =
          "Columns of the table 'images' whose values, alone and in pairs, are compared with the"
              + " rest. Default: your own columns that have from 2 to 20 values, at most 10 of"
              + " them; '' for none.")
  private List<String> slices;

  @Option(
      names = "--group-column",
      paramLabel = "NAME",
      description =
          "Column of the table 'images', e.g. a patient or a document, whose values in two splits"
              + " count as leakage too. Blank values group nothing.")
  private Optional<String> groupColumn = Optional.empty();

  @Override
  protected Consumer<SparkSession> prepare(Progress progress) {
    AuditConfig config =
        new AuditConfig(
            workspace(),
            nearDistance,
            hashQuality,
            crops,
            Optional.ofNullable(semanticFrom)
                .map(from -> new SemanticConfig(from, semanticCosine, embedding.settings())),
            slices(),
            groupColumn);
    return new AuditStage(config, progress)::run;
  }

  private Optional<List<String>> slices() {
    return Optional.ofNullable(slices)
        .map(names -> names.stream().map(String::strip).filter(name -> !name.isEmpty()).toList());
  }
}

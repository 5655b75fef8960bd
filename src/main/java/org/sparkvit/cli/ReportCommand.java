package org.sparkvit.cli;

import java.util.function.Consumer;
import org.apache.spark.sql.SparkSession;
import org.sparkvit.core.Progress;
import org.sparkvit.pipeline.report.ReportConfig;
import org.sparkvit.pipeline.report.ReportStage;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code spark-vit report}. */
@Command(
    name = "report",
    description = {
      "Writes one HTML file that works offline: data set, class balance, metrics, confusion, curves"
          + " and the worst mistakes.",
      "It shows the tables that are there and says which command makes the others. Beside it:"
          + " report.json, the same for",
      "machines, and croissant.json, what the data set is."
    })
final class ReportCommand extends SparkCommand {
  @Option(
      names = "--name",
      defaultValue = "latest",
      description = "The report's folder, WORKSPACE/reports/NAME. Default: ${DEFAULT-VALUE}.")
  private String name;

  @Option(
      names = "--model",
      paramLabel = "NAME|URI|HASH",
      description =
          "The model to report on: its directory as given to score, or the first digits of its"
              + " hash. Default: the one used last.")
  private String model;

  @Option(
      names = "--positive",
      paramLabel = "LABEL",
      description =
          "The class whose missed images are shown. Default: the rarer of two classes; of more, the"
              + " one with the lowest recall.")
  private String positive;

  @Option(
      names = "--mistakes",
      defaultValue = "24",
      description =
          "Images to show of each kind of mistake, up to 500; 0 puts no image into the report."
              + " Default: ${DEFAULT-VALUE}.")
  private int mistakes;

  @Option(
      names = "--thumbnail-size",
      defaultValue = "192",
      description = "Longer side of those images in pixels, 32 to 512. Default: ${DEFAULT-VALUE}.")
  private int thumbnailSize;

  @Option(
      names = "--blur-sensitive",
      negatable = true,
      defaultValue = "true",
      fallbackValue = "true",
      description =
          "Blur all images of the page until they are pointed at, or reached by the tab key; a box"
              + " on the page switches it. Default: ${DEFAULT-VALUE}.")
  private boolean blurSensitive;

  @Option(
      names = "--about",
      paramLabel = "FILE",
      description =
          "What cannot be measured of the data set, as KEY = TEXT lines: name, description,"
              + " license, url, creator, version, collection, annotation, sensitive-information,"
              + " use-cases, social-impact, maintenance. It goes into croissant.json.")
  private String about;

  @Option(
      names = "--overwrite",
      fallbackValue = "true",
      description = "Replace a report of the same name.")
  private boolean overwrite;

  @Mixin private AsOfOptions asOf;

  @Override
  protected Consumer<SparkSession> prepare(Progress progress) {
    ReportConfig config =
        new ReportConfig(
            workspace(),
            name,
            model,
            positive,
            mistakes,
            thumbnailSize,
            blurSensitive,
            about,
            overwrite);
    return asOf.reading(new ReportStage(config, progress)::run);
  }
}

package org.sparkvit.pipeline.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructField;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.workspace.AtomicFiles;
import org.sparkvit.dataset.workspace.Json;
import org.sparkvit.dataset.workspace.Presence;
import org.sparkvit.dataset.workspace.Workspace;
import org.sparkvit.pipeline.stage.Group;
import org.sparkvit.pipeline.stage.Stage;
import org.sparkvit.pipeline.stage.StageContext;
import org.sparkvit.pipeline.stage.StageDescription;

/**
 * Reads what tables there are and writes {@code index.html}, with its drawings, its figures and
 * {@code run.json} beside it.
 */
@StageDescription(
    name = "report",
    group = Group.JUDGE,
    readsEarlierVersions = true,
    help = {
      "Writes one HTML file that works offline: data set, class balance, metrics, confusion, curves"
          + " and the worst mistakes.",
      "It shows the tables that are there and says which command makes the others. Beside it:"
          + " report.json, the same for machines, and croissant.json, what the data set is."
    })
public final class ReportStage extends Stage<ReportConfig> {
  /** The file to open. */
  public static final String PAGE = "index.html";

  /** The same for machines. */
  static final String FIGURES = "report.json";

  /** What the data set is, in the vocabulary of Croissant. */
  static final String CROISSANT = "croissant.json";

  /** Folder of the page's drawings. */
  static final String PLOTS = "plots";

  private static final String RUN_RECORD = "run.json";

  /** Makes the stage. */
  public ReportStage() {
    super(ReportConfig.class);
  }

  @Override
  protected void run(StageContext context, ReportConfig config) {
    SparkSession spark = context.spark();
    Workspace workspace = context.workspace();
    Path folder = new Path(workspace.report(config.name()));
    Path page = new Path(folder, PAGE);
    try {
      FileSystem fs = folder.getFileSystem(spark.sparkContext().hadoopConfiguration());
      if (!config.overwrite() && Presence.exists(fs, page)) {
        throw new UserException(
            "report '"
                + config.name()
                + "' exists already at "
                + page
                + "; pass --overwrite to replace it, or another --name");
      }
      About about = about(workspace, config);
      Report report =
          new ReportGatherer(spark, workspace, config)
              .gather(context.labels(), context.record().runId());
      ReportPage renderer = new ReportPage();
      String html = renderer.render(report);
      long bytes = html.getBytes(StandardCharsets.UTF_8).length;
      context.record().result("bytes", bytes);
      fs.mkdirs(folder);
      AtomicFiles.write(fs, new Path(folder, FIGURES), ReportJson.write(report));
      AtomicFiles.write(
          fs, new Path(folder, CROISSANT), Json.write(croissant(workspace, report, about)));
      Path plots = new Path(folder, PLOTS);
      // Of an earlier report, which its record shows to be one.
      if (Presence.exists(fs, new Path(folder, RUN_RECORD))) {
        fs.delete(plots, true);
      }
      for (Map.Entry<String, String> plot : renderer.plots(report).entrySet()) {
        AtomicFiles.write(fs, new Path(plots, plot.getKey() + ".svg"), plot.getValue());
      }
      AtomicFiles.write(fs, page, html);
      AtomicFiles.write(fs, new Path(folder, RUN_RECORD), Json.write(context.record().toMap()));
      if (report.headline() != null) {
        context.say("%s", report.headline().line());
      }
      report.cautions().forEach(caution -> context.say("note: %s", caution));
      context.say("%s (%s)", page, new NumberFormats().bytes(bytes));
    } catch (IOException e) {
      throw new UncheckedIOException("writing " + page, e);
    }
  }

  private static About about(Workspace workspace, ReportConfig config) {
    if (config.about().isEmpty()) {
      return new About(Map.of());
    }
    String file = config.about().get();
    String text =
        workspace
            .text(file)
            .orElseThrow(() -> new UserException("--about: there is no file " + file));
    return About.parse(text, file);
  }

  private static Map<String, Object> croissant(Workspace workspace, Report report, About about) {
    Map<String, String> columns = new LinkedHashMap<>();
    for (StructField field : workspace.read(ImagesTable.SPEC).schema().fields()) {
      columns.put(field.name(), field.dataType().simpleString());
    }
    return Croissant.of(
        report, about, workspace.record(ImagesTable.SPEC).path("run").asText(), columns);
  }
}

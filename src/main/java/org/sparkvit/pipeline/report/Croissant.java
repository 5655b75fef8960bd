package org.sparkvit.pipeline.report;

import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sparkvit.dataset.schema.ImagesTable;

/**
 * Describes the data set for machines by Croissant 1.0 (Akhtar et al. 2024) in JSON-LD, with the
 * fields of its RAI vocabulary. Measured facts are filled in. Facts that only people know come from
 * {@link About}, and are left out where it has none.
 */
final class Croissant {
  private static final String CROISSANT = "http://mlcommons.org/croissant/";
  private static final String TABLE = "images";

  private Croissant() {}

  /**
   * Returns the description of a data set.
   *
   * @param part the folder of the table {@code images} within the workspace
   * @param columns the columns of that table with the names of their types in SQL
   */
  static Map<String, Object> of(
      Report report, About about, String part, Map<String, String> columns) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("@context", context());
    document.put("@type", "sc:Dataset");
    document.put("conformsTo", List.of(CROISSANT + "1.0", CROISSANT + "RAI/1.0"));
    String workspace = report.workspace();
    String folder = workspace.substring(workspace.lastIndexOf('/') + 1);
    document.put("name", about.values().getOrDefault("name", folder));
    document.put("description", about.values().getOrDefault("description", describe(report)));
    put(document, "license", about.get("license"));
    put(document, "url", about.get("url"));
    put(document, "creator", about.get("creator"));
    document.put("version", about.values().getOrDefault("version", part));
    document.put("datePublished", LocalDate.now(ZoneOffset.UTC).toString());
    document.put("distribution", List.of(folder(workspace), files(part)));
    document.put("recordSet", List.of(recordSet(columns)));
    put(document, "rai:dataCollection", about.get("collection"));
    put(document, "rai:dataAnnotationProtocol", about.get("annotation"));
    put(document, "rai:personalSensitiveInformation", about.get("sensitive-information"));
    put(document, "rai:dataUseCases", about.get("use-cases"));
    put(document, "rai:dataSocialImpact", about.get("social-impact"));
    put(document, "rai:dataReleaseMaintenancePlan", about.get("maintenance"));
    putAll(document, "rai:dataLimitations", limitations(report));
    putAll(document, "rai:dataBiases", biases(report));
    putAll(document, "rai:dataManipulationProtocol", manipulations(report));
    return document;
  }

  private static Map<String, Object> context() {
    Map<String, Object> context = new LinkedHashMap<>();
    context.put("@language", "en");
    context.put("@vocab", "https://schema.org/");
    context.put("sc", "https://schema.org/");
    context.put("cr", CROISSANT);
    context.put("rai", CROISSANT + "RAI/");
    context.put("dct", "http://purl.org/dc/terms/");
    context.put("conformsTo", "dct:conformsTo");
    for (String term :
        List.of(
            "column",
            "extract",
            "field",
            "fileObject",
            "fileSet",
            "includes",
            "recordSet",
            "source")) {
      context.put(term, "cr:" + term);
    }
    context.put("dataType", Map.of("@id", "cr:dataType", "@type", "@vocab"));
    return context;
  }

  private static String describe(Report report) {
    NumberFormats figures = new NumberFormats();
    return figures.count(report.data().images())
        + " images, "
        + figures.count(report.data().labelled())
        + " of them labelled with "
        + figures.count(report.data().classes())
        + " classes";
  }

  private static Map<String, Object> folder(String workspace) {
    Map<String, Object> folder = new LinkedHashMap<>();
    folder.put("@type", "cr:FileObject");
    folder.put("@id", "workspace");
    folder.put("name", "workspace");
    folder.put("contentUrl", workspace);
    folder.put("encodingFormat", "application/x-directory");
    return folder;
  }

  private static Map<String, Object> files(String part) {
    Map<String, Object> files = new LinkedHashMap<>();
    files.put("@type", "cr:FileSet");
    files.put("@id", "catalog");
    files.put("name", "catalog");
    files.put("containedIn", Map.of("@id", "workspace"));
    files.put("encodingFormat", "application/x-parquet");
    files.put("includes", TABLE + "/" + part + "/*.parquet");
    return files;
  }

  private static Map<String, Object> recordSet(Map<String, String> columns) {
    List<Map<String, Object>> fields = new ArrayList<>();
    columns.forEach(
        (name, type) -> {
          Map<String, Object> field = new LinkedHashMap<>();
          field.put("@type", "cr:Field");
          field.put("@id", TABLE + "/" + name);
          field.put("name", name);
          field.put("dataType", type(name, type));
          field.put(
              "source",
              Map.of("fileSet", Map.of("@id", "catalog"), "extract", Map.of("column", name)));
          fields.add(field);
        });
    Map<String, Object> records = new LinkedHashMap<>();
    records.put("@type", "cr:RecordSet");
    records.put("@id", TABLE);
    records.put("name", TABLE);
    records.put("key", Map.of("@id", TABLE + "/" + ImagesTable.ID));
    records.put("field", fields);
    return records;
  }

  private static String type(String name, String type) {
    if (name.equals(ImagesTable.PATH)) {
      return "sc:URL";
    }
    return switch (type) {
      case "tinyint", "smallint", "int", "bigint" -> "sc:Integer";
      case "float", "double" -> "sc:Float";
      case "boolean" -> "sc:Boolean";
      case "timestamp", "timestamp_ntz" -> "sc:DateTime";
      case "date" -> "sc:Date";
      default -> "sc:Text";
    };
  }

  private static List<String> limitations(Report report) {
    NumberFormats figures = new NumberFormats();
    List<String> lines = new ArrayList<>();
    long unusable = report.data().images() - report.data().usable();
    if (unusable > 0) {
      lines.add(figures.count(unusable) + " images cannot be decoded.");
    }
    if (report.audit() != null) {
      for (Count kind : report.audit().kinds()) {
        lines.add(
            figures.count(kind.count())
                + " images: "
                + kind.name()
                + ", "
                + figures.share(kind.share())
                + ".");
      }
      for (AuditSection.Leak leak : report.audit().leakage()) {
        lines.add(
            figures.count(leak.images())
                + " images of the "
                + leak.split()
                + " split repeat in "
                + leak.other()
                + " ("
                + leak.kind()
                + ").");
      }
    }
    if (report.labels() != null) {
      lines.add(
          figures.count(report.labels().issues())
              + " of "
              + figures.count(report.labels().images())
              + " labels look wrong.");
    }
    return lines;
  }

  private static List<String> biases(Report report) {
    NumberFormats figures = new NumberFormats();
    List<String> lines = new ArrayList<>();
    for (Count label : report.data().labels()) {
      lines.add("Class " + label.name() + ": " + figures.share(label.share()) + " of the images.");
    }
    if (report.audit() != null) {
      for (AuditSection.Tie tie : report.audit().ties()) {
        lines.add(
            "The label goes together with "
                + tie.attribute()
                + " (Cram\u00e9r's V "
                + figures.metric(tie.cramersV())
                + ").");
      }
      for (AuditSection.Kind kind : report.audit().worse()) {
        lines.add(
            "Images with "
                + kind.slice()
                + " "
                + kind.value()
                + " have findings more often: "
                + figures.share(kind.rate())
                + ", elsewhere "
                + figures.share(kind.elsewhere())
                + ".");
      }
    }
    return lines;
  }

  private static List<String> manipulations(Report report) {
    List<String> lines = new ArrayList<>();
    if (report.splits() != null) {
      lines.add("Split into train, validation and test by hashes of the images' ids.");
    }
    if (report.relabel() != null) {
      lines.add("Labels were compared with a model's predictions; see the table relabels.");
    }
    return lines;
  }

  private static void put(Map<String, Object> document, String key, String value) {
    if (value != null && !value.isEmpty()) {
      document.put(key, value);
    }
  }

  private static void putAll(Map<String, Object> document, String key, List<String> values) {
    if (!values.isEmpty()) {
      document.put(key, values);
    }
  }
}

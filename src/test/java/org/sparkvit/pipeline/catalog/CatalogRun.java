package org.sparkvit.pipeline.catalog;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.sparkvit.core.Background;
import org.sparkvit.dataset.schema.ImagesSkippedTable;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.workspace.Workspace;

/** A catalog of files that a test makes up, with the options that it sets. */
final class CatalogRun {
  private final SparkSession spark;
  private final String workspace;
  private final List<String> said = new ArrayList<>();
  InputFormat format = InputFormat.AUTO;
  LayoutOption layout = LayoutOption.AUTO;
  String pathColumn;
  String labelColumn;
  String splitColumn;
  String imageRoot;
  List<String> imageMembers = List.of();
  String labelMember;
  List<String> within = List.of();
  String encoding;
  String delimiter;
  boolean unlabelled;
  CatalogConfig.EmptyLabel emptyLabel = CatalogConfig.EmptyLabel.FAIL;
  Background background = Background.NONE;
  int partitions = 2;
  double maxErrorRate = 0.9;
  boolean update;
  boolean overwrite;

  CatalogRun(SparkSession spark, Object workspace) {
    this.spark = spark;
    this.workspace = workspace.toString();
  }

  Dataset<Row> of(Object... inputs) {
    List<String> uris = new ArrayList<>();
    for (Object input : inputs) {
      uris.add(input.toString());
    }
    CatalogConfig config = config(uris, layout);
    new CatalogStage().run(spark, config, said::add);
    return Workspace.at(spark, workspace).read(ImagesTable.SPEC);
  }

  /** The options that the test has set. */
  CatalogConfig config(List<String> uris, LayoutOption layout) {
    return new CatalogConfig(
        workspace,
        uris,
        format,
        layout,
        Optional.ofNullable(pathColumn),
        Optional.ofNullable(labelColumn),
        Optional.ofNullable(splitColumn),
        Optional.ofNullable(imageRoot),
        imageMembers,
        Optional.ofNullable(labelMember),
        within,
        Optional.ofNullable(encoding),
        Optional.ofNullable(delimiter),
        unlabelled,
        emptyLabel,
        background,
        partitions,
        maxErrorRate,
        update,
        overwrite);
  }

  /** Reasons of what was left out, by the end of its path behind the last slash. */
  Map<String, String> skipped() {
    return Workspace.at(spark, workspace).read(ImagesSkippedTable.SPEC).collectAsList().stream()
        .collect(
            Collectors.toMap(
                row -> row.<String>getAs(ImagesSkippedTable.PATH).replaceFirst(".*/", ""),
                row -> row.<String>getAs(ImagesSkippedTable.REASON)));
  }

  /** From now on, whatever is there is replaced. */
  CatalogRun overwriting() {
    overwrite = true;
    return this;
  }

  /** The last two parts of paths that were left out for a reason, sorted. */
  List<String> skippedPaths(String reason) {
    return Workspace.at(spark, workspace).read(ImagesSkippedTable.SPEC).collectAsList().stream()
        .filter(row -> row.<String>getAs(ImagesSkippedTable.REASON).equals(reason))
        .map(row -> row.<String>getAs(ImagesSkippedTable.PATH))
        .map(path -> path.replaceFirst(".*/([^/]*/[^/]*)$", "$1"))
        .sorted()
        .toList();
  }

  /** What a person saw on the console. */
  String said() {
    return String.join("\n", said);
  }

  /** Rows by the end of their path behind the last slash. */
  static Map<String, Row> byFile(Dataset<Row> images) {
    return images.collectAsList().stream()
        .collect(
            Collectors.toMap(
                row -> row.<String>getAs(ImagesTable.PATH).replaceFirst(".*/", ""),
                Function.identity()));
  }

  /** A small picture whose content depends on {@code number}. */
  static byte[] image(String format, int number) {
    BufferedImage image = new BufferedImage(24, 16, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    graphics.setColor(Color.getHSBColor(number * 0.13f, 0.8f, 0.9f));
    graphics.fillRect(0, 0, 24, 16);
    graphics.setColor(Color.BLACK);
    graphics.drawString(Integer.toString(number), 1, 14);
    graphics.dispose();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      ImageIO.write(image, format, out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  static Path write(Path folder, String name, byte[] content) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.write(file, content);
  }

  static Path write(Path folder, String name, String text) throws IOException {
    return write(folder, name, text.getBytes(StandardCharsets.UTF_8));
  }

  /** A tar file of members: a name followed by bytes or text. */
  static Path tar(Path file, Object... members) throws IOException {
    Files.createDirectories(file.getParent());
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(Files.newOutputStream(file))) {
      tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
      for (int i = 0; i < members.length; i += 2) {
        byte[] content =
            members[i + 1] instanceof byte[] bytes
                ? bytes
                : members[i + 1].toString().getBytes(StandardCharsets.UTF_8);
        TarArchiveEntry entry = new TarArchiveEntry(members[i].toString());
        entry.setSize(content.length);
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
      }
    }
    return file;
  }
}

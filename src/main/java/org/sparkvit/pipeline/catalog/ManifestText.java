package org.sparkvit.pipeline.catalog;

import java.io.BufferedInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.compress.CompressionCodec;
import org.apache.hadoop.io.compress.CompressionCodecFactory;
import org.apache.spark.TaskContext;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.util.SerializableConfiguration;
import org.apache.spark.util.TaskCompletionListener;
import org.sparkvit.core.UserException;
import org.sparkvit.image.codec.ForeignContent;
import org.sparkvit.loading.Storage;

/**
 * Reads a manifest's text files in tasks.
 *
 * @param kind the format: CSV or JSON lines
 * @param format the encoding and separator that the user gave
 * @param paths the names that the column of paths may have
 */
record ManifestText(
    SerializableConfiguration configuration,
    ManifestTable.Kind kind,
    TextFormat format,
    List<String> paths)
    implements Serializable {

  /**
   * The result of checking a file.
   *
   * @param file the file
   * @param problem the reason why it cannot be read, or null
   * @param columns the names in the header of a CSV
   * @param decisions sentences on how it was understood where it could be read in more ways than
   *     one
   */
  record Outcome(String file, String problem, List<String> columns, List<String> decisions)
      implements Serializable {}

  /** Returns the name of files in messages. */
  static String name(List<String> files) {
    return "manifest '"
        + files.get(0)
        + "'"
        + (files.size() > 1 ? " and " + (files.size() - 1) + " more" : "");
  }

  private static String name(String file) {
    return name(List.of(file));
  }

  /**
   * Reads a whole file and checks it. It does not throw for a bad file, as Spark would try that
   * again in vain.
   */
  Outcome check(String file) {
    try (TextReader reader = open(file)) {
      return check(file, reader);
    } catch (UserException e) {
      return problem(file, e.getMessage());
    } catch (FileNotFoundException e) {
      return problem(file, name(file) + " cannot be opened: " + e.getMessage());
    } catch (IOException | UncheckedIOException e) {
      return problem(file, name(file) + " cannot be read: " + e.getMessage());
    }
  }

  private Outcome check(String file, TextReader reader) throws IOException {
    List<String> decisions = new ArrayList<>();
    List<String> columns = new ArrayList<>();
    if (kind == ManifestTable.Kind.CSV) {
      CsvTable csv = csv(file, reader);
      csv.forEachRemaining(record -> {});
      csv.header().stream().filter(column -> !column.isEmpty()).forEach(columns::add);
      decisions.addAll(csv.decisions());
    } else {
      new JsonRecords(name(file), reader).forEachRemaining(record -> {});
    }
    if (!reader.charset().name().equals(format.encoding())) {
      decisions.add("read as " + reader.charset() + ", by its byte order mark");
    }
    return new Outcome(file, null, columns, decisions);
  }

  private static Outcome problem(String file, String sentence) {
    return new Outcome(file, sentence, List.of(), List.of());
  }

  /** Returns rows of a file's name, the number of a line and its text, for JSON lines. */
  Iterator<Row> lines(String file) throws IOException {
    return rows(
        new JsonRecords(name(file), openForTask(file)), file, record -> record.cells().get(0));
  }

  /**
   * Returns rows of a file's name, the number of a line and a row of cells, for CSV.
   *
   * @param columns the names of the cells in order; the cells of a column that the file lacks are
   *     null
   */
  Iterator<Row> rows(String file, List<String> columns) throws IOException {
    CsvTable csv = csv(file, openForTask(file));
    int[] from = columns.stream().mapToInt(csv.header()::indexOf).toArray();
    return rows(
        csv,
        file,
        record -> {
          Object[] cells = new Object[from.length];
          for (int i = 0; i < cells.length; i++) {
            String cell = from[i] < 0 ? "" : record.cells().get(from[i]);
            cells[i] = cell.isEmpty() ? null : cell;
          }
          return RowFactory.create(cells);
        });
  }

  private static Iterator<Row> rows(
      Iterator<TextRecord> records, String file, Function<TextRecord, Object> cells) {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return records.hasNext();
      }

      @Override
      public Row next() {
        TextRecord record = records.next();
        return RowFactory.create(file, record.line(), cells.apply(record), null);
      }
    };
  }

  private CsvTable csv(String file, TextReader reader) throws IOException {
    return new CsvTable(name(file), file, reader, format, paths);
  }

  /** Opens a file, which is closed when the task ends, since its rows are taken one by one. */
  private TextReader openForTask(String file) throws IOException {
    TextReader reader = open(file);
    TaskCompletionListener closing = context -> close(reader);
    TaskContext.get().addTaskCompletionListener(closing);
    return reader;
  }

  private static void close(TextReader reader) {
    try {
      reader.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private TextReader open(String file) throws IOException {
    Path path = new Path(file);
    FileSystem fs = Storage.of(path, configuration.value());
    CompressionCodec codec = new CompressionCodecFactory(fs.getConf()).getCodec(path);
    InputStream in = text(file, fs.open(path), codec != null);
    return new TextReader(
        name(file),
        codec == null ? in : text(file, codec.createInputStream(in), false),
        Charset.forName(format.encoding()));
  }

  /**
   * Recognises files that cannot be a table by their first bytes. Otherwise they would be reported
   * as broken text.
   */
  private static InputStream text(String file, InputStream opened, boolean packed)
      throws IOException {
    BufferedInputStream in = new BufferedInputStream(opened);
    in.mark(ForeignContent.TEXT_BYTES);
    byte[] start = in.readNBytes(ForeignContent.TEXT_BYTES);
    in.reset();
    Optional<String> other = ForeignContent.insteadOfText("a table", start);
    if (other.isEmpty() || (packed && other.get().startsWith("packed by"))) {
      return in;
    }
    in.close();
    boolean office = other.get().matches("a (zip archive|Microsoft document).*");
    throw new UserException(
        name(file)
            + " is "
            + other.get()
            + (office ? "; where it is a workbook of Excel, save the sheet as CSV" : ""));
  }
}

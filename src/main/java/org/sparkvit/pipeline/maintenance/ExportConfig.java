package org.sparkvit.pipeline.maintenance;

import java.util.Optional;
import org.sparkvit.core.UserException;
import org.sparkvit.core.options.Option;
import org.sparkvit.core.options.WorkspaceOption;

/**
 * Options of {@link ExportStage}.
 *
 * @param workspace URI of the workspace
 * @param table name of the table whose rows go out
 * @param to URI of a folder that is not there yet, or is empty
 * @param format what its files are to be
 */
public record ExportConfig(
    @WorkspaceOption String workspace,
    @Option(positional = true, label = "TABLE", help = "Name of the table.") Optional<String> table,
    @Option(
            label = "URI",
            help =
                "Folder of the files, which is not there yet or empty: a path,"
                    + " s3a://bucket/folder, ...")
        String to,
    @Option(
            standard = "parquet",
            help =
                "Parquet; CSV with a header, arrays as JSON, bytes in Base64, and an apostrophe in"
                    + " front of what a spreadsheet would take for a formula; a JSON document a"
                    + " line; or, of table images, a data set of Hugging Face with the images"
                    + " inside: data/train-00000-of-00002.parquet and so on, by the current labels"
                    + " and splits.")
        Format format) {

  /** Kinds of files. */
  public enum Format {
    /** Columns as they are. */
    PARQUET,
    /** For spreadsheets: with a header, and arrays as JSON. */
    CSV,
    /** A JSON document a row. */
    JSONL,
    /** The images themselves, as Hugging Face's datasets reads them. */
    HUGGINGFACE
  }

  /** Checks the folder. */
  public ExportConfig {
    if (to.isBlank()) {
      throw new UserException("--to is empty; name a folder that is not there yet");
    }
  }
}

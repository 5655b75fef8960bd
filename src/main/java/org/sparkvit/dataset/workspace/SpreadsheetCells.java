package org.sparkvit.dataset.workspace;

import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;

import java.util.Arrays;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.sparkvit.dataset.schema.QuotedColumn;

/**
 * Escapes text for files that people open in a spreadsheet. A spreadsheet takes a cell that begins
 * with one of {@code = + - @}, a tab or a carriage return for a formula and runs it. Labels and
 * paths come from whoever made the data set. Files for programs are not escaped.
 */
public final class SpreadsheetCells {
  /**
   * Matches a formula. A formula behind apostrophes is text already, but gets one more, so that
   * unescaping is unambiguous.
   */
  private static final String FORMULA = "^'*[=+\\-@\\t\\r]";

  private SpreadsheetCells() {}

  /**
   * Returns the rows with an apostrophe in front of every text that would be a formula, and of such
   * column names, as OWASP's page on CSV injection recommends. A spreadsheet shows the text. A
   * program restores it by removing one apostrophe where a formula's sign follows all of them.
   */
  public static Dataset<Row> quoted(Dataset<Row> rows) {
    return rows.select(
        Arrays.stream(rows.schema().fields()).map(SpreadsheetCells::quoted).toArray(Column[]::new));
  }

  private static Column quoted(StructField field) {
    Column cell = QuotedColumn.named(field.name());
    String name = field.name().replaceFirst(FORMULA, "'$0");
    if (!field.dataType().sameType(DataTypes.StringType)) {
      return cell.as(name);
    }
    return when(cell.rlike(FORMULA), concat(lit("'"), cell)).otherwise(cell).as(name);
  }
}

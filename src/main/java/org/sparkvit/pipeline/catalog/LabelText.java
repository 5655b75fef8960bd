package org.sparkvit.pipeline.catalog;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.floor;
import static org.apache.spark.sql.functions.isnan;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.trim;

import java.io.Serializable;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.sql.Timestamp;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.types.DoubleType;
import org.apache.spark.sql.types.FloatType;
import org.apache.spark.sql.types.StringType;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.schema.QuotedColumn;

/**
 * Converts the cells of a column of labels to names of classes.
 *
 * <p>Where a column has gaps, pandas writes whole numbers as 0.0 and 1.0, in Parquet and in CSV.
 * Where all cells of a column are such numbers, they are the classes 0 and 1. Any other text stays
 * as it is spelled: if 1, 1.0 and 01 are in one column, only its owner knows which are one class.
 *
 * @param whole whether all labels are whole numbers with a decimal point
 * @param names for each file, the names of classes that its whole numbers stand for; empty where
 *     they stand for themselves
 */
record LabelText(boolean whole, Map<String, List<String>> names) implements Serializable {
  private static final String POINT_ZERO = "[+-]?[0-9]+\\.0+";

  private static final String WHOLE_NUMBER = "-?[0-9]+(\\.0+)?";

  /**
   * The number from which on not every whole number is a double; the next constant is that of
   * floats.
   */
  private static final double MOST_DOUBLE = 0x1p53;

  private static final double MOST_FLOAT = 0x1p24;

  /** Hugging Face's number for an image without a label. */
  private static final BigDecimal NONE = BigDecimal.valueOf(-1);

  /**
   * Returns whether a column of labels consists of whole numbers with a decimal point, apart from
   * empty cells. It stops at the first other label.
   *
   * @param labels a dataset of one column
   */
  static boolean areWhole(Dataset<Row> labels) {
    DataType type = labels.schema().fields()[0].dataType();
    Column label = QuotedColumn.named(labels.columns()[0]);
    if (type instanceof StringType) {
      Dataset<Row> given = labels.where(trim(label).notEqual(""));
      return given.where(not(trim(label).rlike("^" + POINT_ZERO + "$"))).isEmpty()
          && !given.isEmpty();
    }
    if (type instanceof DoubleType || type instanceof FloatType) {
      return labels
          .where(label.isNotNull().and(not(isnan(label))).and(not(floor(label).equalTo(label))))
          .isEmpty();
    }
    return type instanceof DecimalType && labels.where(not(floor(label).equalTo(label))).isEmpty();
  }

  /**
   * Returns whether the labels of a column are whole numbers, some of which have a decimal point.
   *
   * @param spelled a dataset of one column with the numbers as they are spelled
   */
  static boolean areWholeNumbers(Dataset<Row> spelled) {
    Column label = col(spelled.columns()[0]);
    return spelled.where(not(label.rlike("^" + WHOLE_NUMBER + "$"))).isEmpty();
  }

  /**
   * Returns the class of a cell, or null where the cell has none.
   *
   * @param file the file that the cell is in
   * @throws UserException when the cell can be no class, or is a number that has no name while the
   *     numbers of other files have; the message does not say the place
   */
  String of(Object cell, String file) {
    String text = text(cell);
    List<String> classes = names.get(file);
    if (text != null && classes == null && !names.isEmpty() && text.matches(WHOLE_NUMBER)) {
      throw new UserException(
          "label "
              + text
              + " is a number without a name, while the metadata of other files names theirs; give"
              + " this file's labels as text, or its footer the names of the others");
    }
    return text == null || classes == null ? text : named(text, classes);
  }

  private static String named(String text, List<String> classes) {
    BigDecimal number;
    try {
      number = new BigDecimal(text);
    } catch (NumberFormatException e) {
      // It is the name already.
      return text;
    }
    if (number.compareTo(NONE) == 0) {
      return null;
    }
    if (number.signum() < 0
        || number.compareTo(BigDecimal.valueOf(classes.size())) >= 0
        || number.stripTrailingZeros().scale() > 0) {
      throw new UserException(
          "label "
              + text
              + " is none of the "
              + classes.size()
              + " classes that the file's own metadata names, 0 to "
              + (classes.size() - 1));
    }
    return classes.get(number.intValueExact());
  }

  private String text(Object cell) {
    if (cell == null) {
      return null;
    }
    if (cell instanceof Double || cell instanceof Float) {
      double number = ((Number) cell).doubleValue();
      if (Double.isNaN(number)) {
        return null;
      }
      if (!whole || Double.isInfinite(number)) {
        return cell.toString();
      }
      if (Math.abs(number) > (cell instanceof Float ? MOST_FLOAT : MOST_DOUBLE)) {
        throw new UserException(
            "label "
                + new BigDecimal(number).toPlainString()
                + " is a floating-point number, which has not that many digits: its neighbours are"
                + " the same number; write the labels as text or whole numbers (in pandas"
                + " astype('Int64'))");
      }
      return whole(new BigDecimal(number));
    }
    if (cell instanceof BigDecimal number) {
      return whole ? whole(number) : number.toPlainString();
    }
    if (cell instanceof Timestamp time) {
      // Its own text would depend on the time zone of the machine.
      return time.toInstant().toString();
    }
    String text = (cell instanceof byte[] bytes ? decoded(bytes) : cell.toString()).strip();
    if (text.isEmpty()) {
      return null;
    }
    return whole && text.matches(POINT_ZERO) ? whole(new BigDecimal(text)) : text;
  }

  private static String whole(BigDecimal number) {
    return number.toBigInteger().toString();
  }

  /** Decodes bytes as UTF-8. Old writers of Parquet do not mark text as text. */
  private static String decoded(byte[] bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new UserException("the label consists of bytes that are no text", e);
    }
  }
}

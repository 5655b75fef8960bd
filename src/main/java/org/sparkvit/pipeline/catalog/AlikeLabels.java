package org.sparkvit.pipeline.catalog;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_list;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.sort_array;
import static org.apache.spark.sql.functions.udf;

import java.math.BigDecimal;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.expressions.UserDefinedFunction;
import org.apache.spark.sql.types.DataTypes;
import org.sparkvit.dataset.schema.ImagesTable;

/**
 * Finds classes whose names may be meant to be one: they differ in white space, in case, in the
 * form of Unicode that a Mac and a PC write differently, or in how a number is written. The classes
 * stay separate; a warning lists them.
 */
final class AlikeLabels {
  private static final int SHOWN = 5;

  /** The largest number of digits of a number that stands for a class. */
  private static final int MAX_DIGITS = 40;

  private static final UserDefinedFunction FOLDED =
      udf((UDF1<String, String>) AlikeLabels::folded, DataTypes.StringType);

  private AlikeLabels() {}

  /** Returns sentences about some of the groups of such classes. */
  static List<String> warnings(Dataset<Row> images) {
    Dataset<Row> alike =
        images
            .select(col(ImagesTable.LABEL))
            .where(col(ImagesTable.LABEL).isNotNull())
            .distinct()
            .groupBy(FOLDED.apply(col(ImagesTable.LABEL)).as("folded"))
            .agg(sort_array(collect_list(ImagesTable.LABEL)).as("labels"))
            .where(size(col("labels")).gt(1));
    List<String> warnings = new ArrayList<>();
    for (Row row : alike.orderBy("folded").limit(SHOWN + 1).collectAsList()) {
      warnings.add(
          warnings.size() == SHOWN
              ? "and there are more classes that differ in spelling only"
              : warning(row.getList(1)));
    }
    return warnings;
  }

  /** Returns a sentence on how names that {@link #folded} makes equal differ. */
  static String warning(List<String> labels) {
    String shown =
        String.join(" and ", labels.stream().limit(SHOWN).map(name -> "'" + name + "'").toList());
    return labels.size() + " classes differ only in " + difference(labels) + ": " + shown;
  }

  private static String difference(List<String> labels) {
    if (agree(labels, name -> Normalizer.normalize(name, Normalizer.Form.NFC))) {
      return "Unicode normal form";
    }
    if (agree(labels, AlikeLabels::withoutSpace)) {
      return "white space";
    }
    if (agree(labels, name -> name.toLowerCase(Locale.ROOT))) {
      return "case";
    }
    return agree(labels, name -> withoutSpace(name).toLowerCase(Locale.ROOT))
        ? "case and white space"
        : "how a number or letter is written";
  }

  private static boolean agree(List<String> labels, UnaryOperator<String> form) {
    return labels.stream().map(form).distinct().count() == 1;
  }

  /** Returns a name without everything that people overlook. */
  static String folded(String name) {
    String plain =
        withoutSpace(Normalizer.normalize(name, Normalizer.Form.NFKC)).toLowerCase(Locale.ROOT);
    if (plain.length() <= MAX_DIGITS
        && plain.matches("[+-]?[0-9]+(\\.[0-9]+)?(e[+-]?[0-9]{1,3})?")) {
      return new BigDecimal(plain).stripTrailingZeros().toString();
    }
    return plain;
  }

  private static String withoutSpace(String name) {
    return name.replaceAll("[\\s\\p{Z}\\p{Cf}]", "");
  }
}

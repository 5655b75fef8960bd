package org.sparkvit.dataset.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Pattern;
import org.apache.spark.sql.types.StructField;
import org.junit.jupiter.api.Test;

/** Whoever meets a table in a catalog learns there what its rows and columns are. */
class TableCommentsTest {
  /** Glue's data catalog and Hive's metastore take no longer ones of a column. */
  private static final int LONGEST = 255;

  private static final Pattern SENTENCE = Pattern.compile("\\S+( \\S+)*\\.");
  private static final Pattern NULL = Pattern.compile("\\bnull\\b");

  @Test
  void everyTableSaysWhatItsRowsAre() {
    for (TableSpec table : Tables.ALL) {
      assertThat(table.comment()).as(table.name()).matches(SENTENCE).hasSizeLessThan(LONGEST);
    }
  }

  @Test
  void everyColumnSaysWhatItMeansAndWhereItMayBeNullWhatThatMeans() {
    for (TableSpec table : Tables.ALL) {
      for (StructField field : table.schema().fields()) {
        String name = table.name() + "." + field.name();
        String comment = field.getComment().getOrElse(() -> "");
        assertThat(comment).as(name).matches(SENTENCE).hasSizeLessThanOrEqualTo(LONGEST);
        assertThat(NULL.matcher(comment).find()).as(name).isEqualTo(field.nullable());
      }
    }
  }
}
